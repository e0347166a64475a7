import type { Clock, HttpLimits, Log } from '../kit/index.ts';
import type { HelperRunner } from './docker-credential.ts';

/** What the client may use of the world. */
export interface RegistryContext {
  /** `DOCKER_CONFIG`, `REGISTRY_AUTH_FILE`, `XDG_RUNTIME_DIR`, `HOME`, proxies, and `PATH` for helpers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly offline: boolean;
  /** Registries (`host` or `host:port`) that may speak plain HTTP or show any certificate. */
  readonly insecureRegistries: readonly string[];
  readonly signal?: AbortSignal | undefined;
  /** For tests: shorter time-outs, no waiting, another way to run a credential helper. */
  readonly limits?: Partial<HttpLimits>;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly runHelper?: HelperRunner;
}
