/** Source: OCI image index spec, `platform`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Parses `os/arch[/variant]`; a lone `arch` means linux. Returns undefined for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text.toLowerCase().split('/');
  if (parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  const [first, second, third] = parts;
  if (first === undefined || parts.length > 3) return undefined;
  if (second === undefined) return normalize({ os: 'linux', architecture: first });
  return normalize({ os: first, architecture: second, ...(third === undefined ? {} : { variant: third }) });
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined || variant === ''
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}

/** Whether an image for `have` runs where `want` is asked for; an absent variant on either side accepts any. */
export function platformMatches(want: Platform, have: Platform): boolean {
  const a = normalize(want);
  const b = normalize(have);
  if (a.os !== b.os || a.architecture !== b.architecture) return false;
  return a.variant === undefined || b.variant === undefined || a.variant === b.variant;
}

/** Source: containerd platforms, "Normalization" (x86_64 is amd64, aarch64 is arm64, arm64/v8 is arm64). */
function normalize(platform: Platform): Platform {
  const names: Record<string, string> = {
    x86_64: 'amd64',
    'x86-64': 'amd64',
    i386: '386',
    i686: '386',
    aarch64: 'arm64',
    armhf: 'arm',
  };
  const architecture = names[platform.architecture] ?? platform.architecture;
  const variant =
    architecture === 'arm64' && (platform.variant === 'v8' || platform.variant === '8')
      ? undefined
      : platform.variant;
  return { os: platform.os, architecture, ...(variant === undefined || variant === '' ? {} : { variant }) };
}
