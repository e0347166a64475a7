/** The distribution that an image says it is. Source: os-release(5). */
export interface Distro {
  /** os-release ID, lower case: `debian`, `alpine`, `ubuntu`. */
  readonly id: string;
  /** os-release VERSION_ID as written; absent on rolling releases. */
  readonly versionId?: string;
  readonly codename?: string;
  readonly idLike: readonly string[];
  readonly prettyName?: string;
}
