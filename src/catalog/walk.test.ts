import { describe, expect, test } from 'vitest';
import { layerOf, makeLayer, sha256, type TestLayer } from '../../test/kit/images.ts';
import { blobLayer } from '../../test/kit/layers.ts';
import type { TarMember } from '../../test/kit/tar.ts';
import type { Layer } from '../image/index.ts';
import type { Cataloger } from './cataloger.ts';
import type { LayerRecord } from './record.ts';
import { refetch } from './refetch.ts';
import { compileRoutes } from './router.ts';
import { walkLayer } from './walk.ts';

/** Says what it was shown; throws for files that hold the word. */
function reader(name: string, cataloger: Partial<Cataloger>): Cataloger {
  return {
    name,
    version: 1,
    routes: [{ suffix: '.txt' }],
    catalog: (file, bytes, out) => {
      if (bytes.toString() === 'throw') throw new Error('cannot make sense of it');
      out.package({ type: 'generic', name: `${file.path}|${file.size}|${bytes.toString()}`, version: name });
    },
    ...cataloger,
  };
}

const TEXT = compileRoutes([reader('text', {})]);
const MEMBERS: TarMember[] = [
  { path: 'a', type: 'folder' },
  { path: 'a/one.txt', content: 'first' },
  { path: 'a/skipped.bin', content: 'x'.repeat(3000) },
  { path: 'a/two.txt', content: 'y'.repeat(3000) },
  { path: 'empty.txt', content: '' },
  { path: 'link.txt', type: 'symlink', linkTarget: 'a/one.txt' },
];

function named(record: LayerRecord): string[] {
  return record.files.flatMap(({ facts }) =>
    facts.flatMap(({ packages }) => packages.map(({ name, version }) => `${version} ${name}`)),
  );
}

function diagnosed(record: LayerRecord): string[] {
  return record.files.flatMap(({ facts }) =>
    facts.flatMap(({ diagnostics }) =>
      diagnostics.map(({ code, where, unknown }) => `${code} ${where}${unknown ? ' unknown' : ''}`),
    ),
  );
}

describe('one pass over a layer', () => {
  test.each(['none', 'gzip', 'zstd'] as const)(
    'hands the routed files over whole (%s)',
    async (compression) => {
      const layer = makeLayer(MEMBERS, compression);
      const record = await walkLayer(blobLayer(layer), TEXT);
      expect(named(record)).toEqual([
        'text a/one.txt|5|first',
        `text a/two.txt|3000|${'y'.repeat(3000)}`,
        'text empty.txt|0|',
      ]);
      expect(record.files.map(({ seq }) => seq)).toEqual([1, 3, 4]);
      expect(record.digest).toBe(layer.digest);
    },
  );

  test('counts the bytes of the blob', async () => {
    const layer = makeLayer(MEMBERS, 'gzip');
    let bytes = 0;
    await walkLayer(blobLayer(layer), TEXT, { onBytes: (more) => (bytes += more) });
    expect(bytes).toBe(layer.size);
  });

  test('tells the digest of a blob for which none is claimed', async () => {
    const layer = makeLayer(MEMBERS);
    expect((await walkLayer(blobLayer(layer, 0, { digest: 'none' }), TEXT)).digest).toBe(layer.digest);
  });

  test('a file may go to several catalogers', async () => {
    const router = compileRoutes([reader('a', {}), reader('b', { routes: [{ exact: 'a/one.txt' }] })]);
    expect(named(await walkLayer(blobLayer(makeLayer(MEMBERS)), router)).slice(0, 2)).toEqual([
      'a a/one.txt|5|first',
      'b a/one.txt|5|first',
    ]);
  });

  test('what a file begins with is looked at across chunks, whatever its name', async () => {
    const router = compileRoutes([
      reader('magic', { routes: [{ magic: [Buffer.from('MAGIC')], minBytes: 7 }] }),
    ]);
    const members = [1, 400, 900, 1009, 5000].flatMap((size) => [
      { path: `pad-${size}`, content: 'x'.repeat(size) },
      { path: `yes-${size}`, content: `MAGIC ${'y'.repeat(size)}` },
      { path: `no-${size}`, content: `magic ${'y'.repeat(size)}` },
    ]);
    const record = await walkLayer(
      blobLayer(makeLayer([...members, { path: 'small', content: 'MAGIC.' }])),
      router,
    );
    expect(record.files.map(({ path, magic }) => `${path} ${magic}`)).toEqual([
      'yes-1 0',
      'yes-400 0',
      'yes-900 0',
      'yes-1009 0',
      'yes-5000 0',
    ]);
    expect(named(record).map((name) => name.length)).toEqual(
      [1, 400, 900, 1009, 5000].map((size) => `magic yes-${size}|${size + 6}|MAGIC `.length + size),
    );
  });

  test('a stream cataloger gets the head first, then all chunks in order, or declines', async () => {
    const heads: number[] = [];
    const router = compileRoutes([
      reader('stream', {
        catalog: () => expect.fail('a stream cataloger gets no whole files'),
        stream: (file, head, out) => {
          heads.push(head.length);
          if (file.path === 'no.txt') return undefined;
          const chunks: string[] = [];
          return {
            data: (chunk) => chunks.push(Buffer.from(chunk).toString()),
            end: () => out.package({ type: 'generic', name: chunks.join(''), version: file.path }),
          };
        },
      }),
    ]);
    const text = Array.from({ length: 3000 }, (_, at) => `${at}`).join(' ');
    const layer = makeLayer([
      { path: 'a.txt', content: text },
      { path: 'no.txt', content: text },
      { path: 'b.txt', content: 'short' },
      { path: 'c.txt', content: '' },
    ]);
    expect(named(await walkLayer(blobLayer(layer), router))).toEqual([
      `a.txt ${text}`,
      'b.txt short',
      'c.txt ',
    ]);
    expect(heads.map((length) => Math.min(length, 4096))).toEqual([4096, 4096, 5, 0]);
  });
});

describe('what goes wrong inside a layer is said and goes on', () => {
  test('a cataloger that throws', async () => {
    const layer = makeLayer([
      { path: 'bad.txt', content: 'throw' },
      { path: 'good.txt', content: 'fine' },
    ]);
    const record = await walkLayer(blobLayer(layer), TEXT);
    expect(diagnosed(record)).toEqual(['unreadable-file bad.txt unknown']);
    expect(named(record)).toEqual(['text good.txt|4|fine']);
  });

  test('a stream that throws at its start, in its middle or at its end', async () => {
    const bad = (when: string): never => {
      throw new Error(when);
    };
    const router = compileRoutes([
      reader('s', {
        stream: ({ path }) =>
          path === 'start.txt'
            ? bad('start')
            : {
                data: () => (path === 'data.txt' ? bad('data') : undefined),
                end: () => (path === 'end.txt' ? bad('end') : undefined),
              },
      }),
    ]);
    const layer = makeLayer(
      ['start', 'data', 'end', 'none'].map((name) => ({ path: `${name}.txt`, content: 'x' })),
    );
    expect(diagnosed(await walkLayer(blobLayer(layer), router))).toEqual([
      'unreadable-file start.txt unknown',
      'unreadable-file data.txt unknown',
      'unreadable-file end.txt unknown',
    ]);
  });

  test('a file larger than the cataloger takes', async () => {
    const router = compileRoutes([reader('a', { maxBytes: 10 }), reader('b', {})]);
    const layer = makeLayer([
      { path: 'ten.txt', content: '0123456789' },
      { path: 'more.txt', content: '0123456789a' },
    ]);
    const record = await walkLayer(blobLayer(layer), router);
    expect(diagnosed(record)).toEqual(['file-too-large more.txt unknown']);
    expect(named(record).map((name) => name.slice(0, 6))).toEqual(['a ten.', 'b ten.', 'b more']);
  });

  test('a folder whose file grows, shrinks or cannot be read while it is walked', async () => {
    const file = { type: 'file', mode: 0o644, uid: 0, gid: 0 } as const;
    const tree: Layer = {
      kind: 'tree',
      ref: { index: 0 },
      walk: async (handler) => {
        for (const [path, size] of [
          ['grown.txt', 2],
          ['shrunk.txt', 9],
          ['same.txt', 4],
        ] as const) {
          if (!handler.entry({ ...file, path, size })) continue;
          handler.data(Buffer.from('some'));
          handler.end();
        }
        return [{ code: 'unreadable-file', message: 'no', unknown: true, where: 'secret' }];
      },
    };
    const record = await walkLayer(tree, TEXT);
    expect(diagnosed(record)).toEqual([
      'unreadable-file grown.txt unknown',
      'unreadable-file shrunk.txt unknown',
    ]);
    expect(record.diagnostics.map(({ where }) => where)).toEqual(['secret']);
    expect(record.digest).toBeUndefined();
  });

  test('thousands of diagnostics of one code are listed up to a bound, and the bound says so', async () => {
    const members = Array.from({ length: 1500 }, (_, at) => ({ path: `${at}.txt`, content: 'throw' }));
    const record = await walkLayer(blobLayer(makeLayer(members)), TEXT);
    expect(diagnosed(record)).toHaveLength(1000);
    expect(record.files.at(-501)?.facts[0]?.diagnostics[0]?.message).toMatch(/more of this kind/);
  });
});

describe('a blob that is not what it is said to be gives nothing', () => {
  const layer = makeLayer(MEMBERS, 'gzip');
  const plain = makeLayer(MEMBERS);
  const cut = (from: TestLayer, bytes: number): Layer =>
    blobLayer(from, 0, { blob: from.blob.subarray(0, from.size - bytes) });
  test.each<[string, Layer, string[]]>([
    ['another digest', blobLayer(layer, 0, { digest: sha256('other') }), ['DIGEST_MISMATCH']],
    ['another digest, not packed', blobLayer(plain, 0, { digest: sha256('other') }), ['DIGEST_MISMATCH']],
    ['fewer bytes than said', blobLayer(layer, 0, { size: layer.size + 1 }), ['SIZE_MISMATCH']],
    ['more bytes than said', blobLayer(layer, 0, { size: layer.size - 1 }), ['SIZE_MISMATCH']],
    ['cut off', cut(layer, 40), ['SIZE_MISMATCH', 'INPUT_INVALID']],
    ['cut off, not packed', cut(plain, 2000), ['SIZE_MISMATCH', 'INPUT_INVALID']],
    ['no tar at all', blobLayer(layerOf(Buffer.from('hello'.repeat(300)))), ['INPUT_INVALID']],
    [
      'one bit changed after the last member',
      blobLayer(plain, 0, { blob: Buffer.concat([plain.blob.subarray(0, -1), Buffer.from([1])]) }),
      ['DIGEST_MISMATCH', 'INPUT_INVALID'],
    ],
  ])('%s', async (_, lying, codes) => {
    await expect(walkLayer(lying, TEXT)).rejects.toThrow(
      expect.objectContaining({ code: expect.toSatisfy((code: string) => codes.includes(code)) }),
    );
  });

  test('an aborted walk ends', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(walkLayer(blobLayer(layer), TEXT, { signal: controller.signal })).rejects.toThrow('enough');
  });
});

describe('reading members again', () => {
  const layer = makeLayer([
    { path: 'x', content: 'old' },
    { path: 'x', content: 'new' },
    { path: 'y', content: 'other' },
  ]);
  test('each under the path asked for, the right one of two that share a path', async () => {
    const requests = [
      { member: 'x', seq: 0, as: 'first.txt' },
      { member: 'x', seq: 1, as: 'second.txt' },
      { member: 'x', seq: 1, as: 'third.txt' },
      { member: 'y', seq: 2, as: 'unwanted' },
    ];
    const record = await refetch(blobLayer(layer), requests, TEXT);
    expect(named(record)).toEqual(['text first.txt|3|old', 'text second.txt|3|new', 'text third.txt|3|new']);
    expect(record.files.map(({ path }) => path)).toEqual([
      'first.txt',
      'second.txt',
      'third.txt',
      'unwanted',
    ]);
  });
  test('what is gone is a diagnostic', async () => {
    const record = await refetch(blobLayer(layer), [{ member: 'z', seq: 0, as: 'z.txt' }], TEXT);
    expect(diagnosed(record)).toEqual(['unreadable-file z.txt unknown']);
  });
});
