import { describe, expect, it } from 'vitest';
import { json, sha256 } from '../../test/kit/images.ts';
import { LIMITS } from '../kit/index.ts';
import { parseConfig } from './config.ts';

const ID = sha256('layer');
const parse = (value: unknown): ReturnType<typeof parseConfig> => parseConfig(json(value), 'here');

describe('parseConfig', () => {
  it('reads all that is used', () => {
    const config = parse({
      created: '2020-01-03T01:21:37Z',
      author: 'someone',
      architecture: 'arm',
      variant: 'v7',
      os: 'linux',
      config: {
        User: '1000',
        Env: ['PATH=/bin'],
        Entrypoint: ['/bin/app'],
        Cmd: ['--help'],
        Labels: { a: 'b', ['__proto__']: 'c' },
        ExposedPorts: { '80/tcp': {} },
      },
      rootfs: { type: 'layers', diff_ids: [ID] },
      history: [{ created_by: 'COPY', comment: 'x' }, { empty_layer: true }],
    });
    expect(config).toMatchObject({
      created: '2020-01-03T01:21:37Z',
      author: 'someone',
      user: '1000',
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      env: ['PATH=/bin'],
      entrypoint: ['/bin/app'],
      cmd: ['--help'],
      diffIds: [ID],
      history: [{ createdBy: 'COPY', comment: 'x', emptyLayer: false }, { emptyLayer: true }],
    });
    expect(config.labels.a).toBe('b');
  });

  it('takes the digest of the bytes unless told', () => {
    const bytes = json({ rootfs: { type: 'layers', diff_ids: [] } });
    expect(parseConfig(bytes, 'here').digest).toBe(sha256(bytes));
    expect(parseConfig(bytes, 'here', ID).digest).toBe(ID);
  });

  it("takes Docker's nulls, and one string for a list", () => {
    const config = parse({
      config: { User: '', Env: null, Entrypoint: '/bin/sh', Cmd: null, Labels: null },
      rootfs: { type: 'layers', diff_ids: null },
      history: null,
    });
    expect(config).toMatchObject({
      env: [],
      entrypoint: ['/bin/sh'],
      cmd: [],
      labels: {},
      diffIds: [],
      history: [],
    });
  });

  const rootfs = { type: 'layers', diff_ids: [ID] };
  it.each([
    ['a list', []],
    ['null', null],
    ['no rootfs', { os: 'linux' }],
    ['another rootfs', { rootfs: { type: 'base', diff_ids: [] } }],
    ['a diff id that is none', { rootfs: { type: 'layers', diff_ids: ['sha256:12'] } }],
    ['a diff id of another type', { rootfs: { type: 'layers', diff_ids: [12] } }],
    ['an environment that is no list', { rootfs, config: { Env: 'A=b' } }],
    ['an entrypoint of numbers', { rootfs, config: { Entrypoint: [1] } }],
    ['labels that are no strings', { rootfs, config: { Labels: { a: 1 } } }],
    ['a member in another case', { rootfs, RootFS: { diff_ids: [] } }],
    ['two users', { rootfs, config: { User: 'root', user: 'app' } }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', where: 'here' }));
  });

  it('bounds the layers', () => {
    const ids = (count: number): unknown => ({ rootfs: { type: 'layers', diff_ids: Array(count).fill(ID) } });
    expect(parse(ids(LIMITS.layers)).diffIds).toHaveLength(LIMITS.layers);
    expect(() => parse(ids(LIMITS.layers + 1))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
});
