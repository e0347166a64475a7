/** Every bound in one place, with the unit in its name. Inputs are hostile; a bound is an error, never a cut. */
const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

export const LIMITS = {
  manifestBytes: 4 * MiB,
  configBytes: 8 * MiB,
  indexDepth: 4,
  indexEntries: 1_000,
  layers: 500,
  /** Unpacked bytes of a compressed image archive: what it may take of the disk while it is open. */
  archiveUnpackedBytes: 64 * GiB,
  /** Members of an image archive; 8 a layer at most. */
  archiveMembers: 100_000,
  /** Unpacked bytes of one layer. */
  layerUnpackedBytes: 64 * GiB,
  /** Unpacked : packed; zeroes reach 1032 in deflate, so real layers of zeroes pass. */
  layerRatio: 1_100,
  /** zstd packs zeroes far better; the ratio counts only past this many unpacked bytes. */
  zstdRatio: 200_000,
  ratioGraceBytes: 64 * MiB,
  zstdWindowLog: 27,
  /** Each costs a round trip to the thread pool; zstd:chunked has one or two for each member. */
  zstdFrames: 2_000_000,
  tarEntries: 5_000_000,
  paxHeaderBytes: 1 * MiB,
  pathBytes: 4_096,
  pathDepth: 512,
  linkHops: 40,
  /** Links on the way to a member's folder while layers are laid over each other, as runtimes count them. */
  unpackLinkHops: 255,
  /** Path parts walked behind links, for all members of an image together. */
  unpackLinkSteps: 50_000_000,
  /** Links and catalogued files that an image may have at once; plain files do not count. */
  treeNodes: 1_000_000,
  /** The names of one layer's members, and what is left of them packed. */
  layerPathBytes: 2 * GiB,
  layerRecordBytes: 128 * MiB,
  /** The file lists of all OS packages that one layer speaks of. */
  layerOwnedPathBytes: 128 * MiB,
  /** Diagnostics of one code that are listed for one layer. */
  layerDiagnostics: 1_000,
  zipEntries: 1_000_000,
  /** Unpacked bytes of one member that is read. */
  zipMemberBytes: 256 * MiB,
  zipDirectoryBytes: 256 * MiB,
  /** A file handed whole to a cataloger, unless its route says less. */
  catalogedFileBytes: 32 * MiB,
  /** All whole files that catalogers hold at once in one layer. */
  jsonDepth: 200,
  /** First bytes of a program, where its headers are. */
  programHeaderBytes: 64 * KiB,
  /** The module list inside a Go program; Kubernetes' are 60 KiB. */
  goModuleInfoBytes: 4 * MiB,
  /** What is held of a Go program until its build information is found (Go before 1.18 points back into it). */
  goSpoolBytes: 64 * MiB,
  packagesPerImage: 1_000_000,
  /** A longer version does not parse. Real ones stay below 200. */
  versionChars: 2_048,
  /** The advisory database, unpacked. */
  databaseBytes: 8 * GiB,
  feedFileBytes: 2 * GiB,
  feedRecordBytes: 32 * MiB,
  /** A feed file that is read whole. */
  feedJsonBytes: 64 * MiB,
  feedLineBytes: 64 * KiB,
  /** Advisory entries of one package in one ecosystem; Linux has some twelve thousand. */
  entriesPerKey: 500_000,
  httpRedirects: 5,
  httpRetries: 4,
  httpConnectMs: 10_000,
  httpHeadersMs: 30_000,
  /** No byte for so long means a dead peer. */
  httpIdleMs: 30_000,
  /** A peer that drips must reach this mean after the first half minute. */
  httpMinBytesPerSecond: 1 * KiB,
  httpRateGraceMs: 30_000,
  retryAfterMaxMs: 60_000,
  credentialHelperMs: 20_000,
  /** A file with credentials, or what a helper says. */
  credentialBytes: 1 * MiB,
  registryErrorBytes: 64 * KiB,
  /** How often one broken download is taken up where it broke off. */
  blobResumes: 8,
  cacheBytes: 2 * GiB,
} as const;
