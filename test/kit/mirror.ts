import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the mirror does instead of serving a file as it is. */
export type MirrorFault = 'status 503' | 'status 404' | 'cut' | 'html';

/** A mirror of feeds on the loopback interface, with ETags; `files` may be changed at any time. */
export interface Mirror {
  readonly base: string;
  /** Path without leading slash to content, or a function that reads it. */
  readonly files: Map<string, Buffer | (() => Buffer)>;
  readonly faults: Map<string, MirrorFault>;
  /** Gives `Last-Modified` instead of ETags. */
  dated: boolean;
  /** `200 osv-vulnerabilities/npm/all.zip`, in the order of the answers. */
  readonly answers: string[];
  close(): Promise<void>;
}

export async function startMirror(files: Readonly<Record<string, Buffer | string>> = {}): Promise<Mirror> {
  const content = new Map<string, Buffer | (() => Buffer)>(
    Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes)]),
  );
  const faults = new Map<string, MirrorFault>();
  const answers: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1));
    const stored = content.get(path);
    const bytes = typeof stored === 'function' ? stored() : stored;
    const asked = mirror.dated ? request.headers['if-modified-since'] : request.headers['if-none-match'];
    const status = answer(response, { bytes, fault: faults.get(path), asked, dated: mirror.dated });
    answers.push(`${status} ${path}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const mirror: Mirror = {
    base: `http://127.0.0.1:${port}/`,
    files: content,
    faults,
    answers,
    dated: false,
    close,
  };
  return mirror;
}

interface Wish {
  readonly bytes: Buffer | undefined;
  readonly fault: MirrorFault | undefined;
  /** What the client has. */
  readonly asked: string | undefined;
  readonly dated: boolean;
}

function answer(response: ServerResponse, { bytes, fault, asked, dated }: Wish): number {
  if (fault === 'status 503') {
    response.writeHead(503, { 'retry-after': '0' }).end();
    return 503;
  }
  if (bytes === undefined || fault === 'status 404') {
    response.writeHead(404).end('not found');
    return 404;
  }
  if (fault === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>please log in</html>');
    return 200;
  }
  const sum = createHash('sha256').update(bytes).digest();
  const date = new Date(sum.readUInt32LE() * 1000).toUTCString();
  const tag = dated ? { 'last-modified': date } : { etag: `"${sum.toString('hex').slice(0, 16)}"` };
  if (asked !== undefined && asked === Object.values(tag)[0] && fault === undefined) {
    response.writeHead(304, tag).end();
    return 304;
  }
  response.writeHead(200, { ...tag, 'content-length': bytes.length });
  if (fault === 'cut') response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.end(bytes);
  return 200;
}
