import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Digest } from '../../src/model/index.ts';
import { sha256, type TestImage, type TestIndex } from './images.ts';

/** What a server does instead of answering as it should. */
export type Fault =
  | { readonly kind: 'hang' }
  /** The headers, then a byte every `everyMs`. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** The right answer with other or more headers. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Promises everything, sends `bytes` of it, and closes the connection. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** Closes the connection without a word. */
  | { readonly kind: 'reset' };

export type Auth =
  | { readonly kind: 'basic'; readonly users: Readonly<Record<string, string>> }
  | {
      readonly kind: 'token';
      /** Who may have more than nothing; undefined lets anybody pull. */
      readonly users?: Readonly<Record<string, string>>;
      /** Refresh tokens that are taken. */
      readonly identities?: readonly string[];
      readonly expiresIn?: number;
      /** Another place to ask for tokens. */
      readonly realm?: string;
    };

/** One request as it came in. */
export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface RegistryOptions {
  readonly auth?: Auth;
  /** Blobs are handed out by this server: `http://127.0.0.1:1234`. */
  readonly redirectBlobsTo?: string;
  /** Asked before every request; `attempt` counts the requests for the same method and path from 1 on. */
  readonly fault?: (request: Recorded, attempt: number) => Fault | undefined;
  readonly tls?: boolean;
  /** Ignores `Range`, as some do. */
  readonly noRanges?: boolean;
}

/** A registry in memory. Everything that it was asked is in `requests`. */
export interface TestRegistry {
  /** `127.0.0.1:1234`. */
  readonly host: string;
  readonly origin: string;
  readonly requests: Recorded[];
  /** Stores an image or index, with its parts, under a tag; returns its digest. */
  push(repository: string, tag: string, content: TestImage | TestIndex): Digest;
  /** Stores bytes as a manifest under a tag or any digest, however wrong. */
  putManifest(repository: string, id: string, bytes: Uint8Array, mediaType: string): Digest;
  /** Stores bytes as a blob, under their own digest or under another. */
  putBlob(repository: string, bytes: Uint8Array, digest?: Digest): Digest;
  /** Makes all tokens invalid that were given out until now. */
  forgetTokens(): void;
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback address. Source of its behaviour: OCI distribution spec 1.1. */
export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const state = newState(options);
  const server = await startServer(
    (request, response) => serve(request, response, state),
    options.tls === true,
  );
  state.origin = server.origin;
  const { manifests, blobs } = state;
  const putManifest: TestRegistry['putManifest'] = (repository, id, bytes, mediaType) => {
    const digest = sha256(bytes);
    for (const key of [id, digest])
      manifests.set(`${repository} ${key}`, { bytes: Buffer.from(bytes), mediaType });
    return digest;
  };
  const putBlob: TestRegistry['putBlob'] = (repository, bytes, digest = sha256(bytes)) => {
    blobs.set(`${repository} ${digest}`, Buffer.from(bytes));
    return digest;
  };
  const pushImage = (repository: string, tag: string, image: TestImage): Digest => {
    for (const part of [image.config, ...image.layers.map(({ blob }) => blob)]) putBlob(repository, part);
    return putManifest(repository, tag, image.manifest, image.descriptor.mediaType);
  };
  return {
    host: server.origin.replace(/^https?:\/\//, ''),
    origin: server.origin,
    requests: state.requests,
    push: (repository, tag, content) => {
      if (!('bytes' in content)) return pushImage(repository, tag, content);
      for (const image of content.images) pushImage(repository, image.descriptor.digest, image);
      return putManifest(repository, tag, content.bytes, content.descriptor.mediaType);
    },
    putManifest,
    putBlob,
    forgetTokens: () => state.tokens.clear(),
    close: server.close,
  };
}

export interface TestServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Any server on a free port of the loopback address. `tls` takes the certificate in `testdata`. */
export async function startServer(listener: RequestListener, tls = false): Promise<TestServer> {
  const server = tls
    ? createTlsServer({ cert: testCertificate(), key: testFile('localhost.key') }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** PEM of the certificate that `tls` servers show. */
export function testCertificate(): string {
  return testFile('localhost.crt');
}

function testFile(name: string): string {
  return readFileSync(new URL(`testdata/${name}`, import.meta.url), 'utf8');
}

interface State {
  readonly options: RegistryOptions;
  origin: string;
  readonly requests: Recorded[];
  readonly manifests: Map<string, { bytes: Buffer; mediaType: string }>;
  readonly blobs: Map<string, Buffer>;
  /** Scopes by token. */
  readonly tokens: Map<string, string>;
}

function newState(options: RegistryOptions): State {
  return { options, origin: '', requests: [], manifests: new Map(), blobs: new Map(), tokens: new Map() };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function serve(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const recorded = await record(request);
  state.requests.push(recorded);
  const path = recorded.url.split('?')[0];
  const same = (other: Recorded): boolean =>
    other.method === recorded.method && other.url.split('?')[0] === path;
  const fault = state.options.fault?.(recorded, state.requests.filter(same).length);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  const right = route(recorded, state);
  const answer =
    fault?.kind === 'answer'
      ? { status: fault.status, headers: fault.headers ?? {}, body: Buffer.from(fault.body ?? '') }
      : fault?.kind === 'headers'
        ? { ...right, headers: { ...right.headers, ...fault.headers } }
        : right;
  send(response, answer, recorded.method === 'HEAD', fault);
}

function send(response: ServerResponse, answer: Answer, headOnly: boolean, fault: Fault | undefined): void {
  const { status, headers, body } = answer;
  response.writeHead(status, { 'content-length': String(body.length), ...headers });
  if (headOnly) {
    response.end();
  } else if (fault?.kind === 'cut') {
    response.write(body.subarray(0, fault.bytes), () => setTimeout(() => response.destroy(), 5));
  } else if (fault?.kind === 'drip') {
    let at = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(at, ++at));
    }, fault.everyMs);
    response.on('close', () => clearInterval(timer));
  } else {
    response.end(body);
  }
}

async function record(request: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function route(request: Recorded, state: State): Answer {
  const url = new URL(request.url, state.origin);
  if (url.pathname === '/token') return token(request, url, state);
  const match = /^\/v2\/(?:(.+)\/(manifests|blobs)\/([^/]+))?$/.exec(url.pathname);
  if (match === null) return refusal(404, 'NOT_FOUND');
  const [, repository = '', kind, id = ''] = match;
  const refused = authorize(request, repository, state);
  if (refused !== undefined) return refused;
  if (kind === undefined) return { status: 200, headers: {}, body: Buffer.from('{}') };
  return kind === 'manifests' ? manifest(repository, id, state) : blob(request, repository, id, state);
}

function manifest(repository: string, id: string, state: State): Answer {
  const found = state.manifests.get(`${repository} ${id}`);
  if (found === undefined) return refusal(404, 'MANIFEST_UNKNOWN');
  const { bytes, mediaType } = found;
  const headers = { 'content-type': mediaType, 'docker-content-digest': sha256(bytes) };
  return { status: 200, headers, body: bytes };
}

function blob(request: Recorded, repository: string, digest: string, state: State): Answer {
  const { redirectBlobsTo, noRanges } = state.options;
  if (redirectBlobsTo !== undefined) {
    const location = `${redirectBlobsTo}/storage/${digest}?X-Amz-Signature=s3cret`;
    return { status: 307, headers: { location }, body: Buffer.alloc(0) };
  }
  const bytes = state.blobs.get(`${repository} ${digest}`);
  if (bytes === undefined) return refusal(404, 'BLOB_UNKNOWN');
  const from = /^bytes=(\d+)-$/.exec(String(request.headers['range'] ?? ''))?.[1];
  if (from === undefined || noRanges === true) return { status: 200, headers: {}, body: bytes };
  const headers = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  return { status: 206, headers, body: bytes.subarray(Number(from)) };
}

function authorize(request: Recorded, repository: string, state: State): Answer | undefined {
  const { auth } = state.options;
  if (auth === undefined) return undefined;
  const given = String(request.headers['authorization'] ?? '');
  if (auth.kind === 'basic') {
    if (isUser(given, auth.users)) return undefined;
    return refusal(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="test registry"' });
  }
  const scope = `repository:${repository}:pull`;
  const granted = given.startsWith('Bearer ') ? state.tokens.get(given.slice('Bearer '.length)) : undefined;
  if (granted !== undefined && (repository === '' || granted.split(' ').includes(scope))) return undefined;
  const realm = auth.realm ?? `${state.origin}/token`;
  const challenge = `Bearer realm="${realm}",service="test registry"${repository === '' ? '' : `,scope="${scope}"`}`;
  return refusal(401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
}

function token(request: Recorded, url: URL, state: State): Answer {
  const { auth } = state.options;
  if (auth?.kind !== 'token') return refusal(404, 'NOT_FOUND');
  const form = new URLSearchParams(request.body);
  const given = String(request.headers['authorization'] ?? '');
  const known =
    request.method === 'POST'
      ? (auth.identities ?? []).includes(form.get('refresh_token') ?? '')
      : auth.users === undefined || isUser(given, auth.users);
  if (!known) return refusal(401, 'UNAUTHORIZED');
  const scope =
    request.method === 'POST' ? (form.get('scope') ?? '') : url.searchParams.getAll('scope').join(' ');
  const text = randomBytes(12).toString('hex');
  state.tokens.set(text, scope);
  const life = auth.expiresIn === undefined ? {} : { expires_in: auth.expiresIn };
  const name = request.method === 'POST' ? 'access_token' : 'token';
  return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ [name]: text, ...life })) };
}

function isUser(authorization: string, users: Readonly<Record<string, string>>): boolean {
  if (!authorization.startsWith('Basic ')) return false;
  const pair = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8');
  return Object.entries(users).some(([user, password]) => pair === `${user}:${password}`);
}

function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: `${code.toLowerCase()} it is` }] }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
