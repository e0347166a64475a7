import { describe, expect, test } from 'vitest';
import { makeLayer } from '../../test/kit/images.ts';
import { blobLayer } from '../../test/kit/layers.ts';
import type { TarMember } from '../../test/kit/tar.ts';
import { mergedTree } from './coalesce.ts';
import { compileRoutes } from './router.ts';
import { walkLayer } from './walk.ts';

/** `a/b=1` is a file of content 1, `a/` a folder, `a->b` and `a=>b` a symbolic and a hard link, `a|` a fifo. */
function member(line: string): TarMember {
  if (line.endsWith('/')) return { path: line.slice(0, -1), type: 'folder' };
  if (line.endsWith('|')) return { path: line.slice(0, -1), type: 'fifo' };
  const [, path = '', sign = '=', value = ''] = /^(.*?)(->|=>|=|$)(.*)$/.exec(line) ?? [];
  if (sign === '->') return { path, type: 'symlink', linkTarget: value };
  if (sign === '=>') return { path, type: 'hardlink', linkTarget: value };
  return { path, content: value };
}

async function lay(...layers: readonly string[]): Promise<string[]> {
  const stack = layers.map((layer) => layer.split(' ').filter(Boolean).map(member));
  const records = await Promise.all(
    stack.map((members, index) => walkLayer(blobLayer(makeLayer(members), index), compileRoutes([]))),
  );
  return mergedTree(records).map(({ path, kind, target, content }) => {
    if (kind === 'folder') return `${path}/`;
    if (kind === 'other') return `${path}|`;
    if (kind === 'symlink') return `${path}->${target}`;
    return `${path}=${content === undefined ? '?' : stack[content.layer]?.[content.seq]?.content}`;
  });
}

describe('layers laid over each other', () => {
  test.each<[name: string, layers: string[], tree: string]>([
    ['add and overwrite', ['a=1 b=1', 'b=2 c=2'], 'a=1 b=2 c=2'],
    ['a folder over a folder keeps what is in it', ['d/ d/a=1', 'd/ d/b=2'], 'd/ d/a=1 d/b=2'],
    ['parents that no member names are made', ['a/b/c=1'], 'a/ a/b/ a/b/c=1'],
    ['the last of two members of one path wins', ['a=1 a=2'], 'a=2'],
    ['a file over a folder removes all below', ['d/ d/a=1 d/e/f=1', 'd=2'], 'd=2'],
    ['a folder over a file', ['a=1', 'a/ a/b=2'], 'a/ a/b=2'],
    [
      'a folder over a link to a folder replaces the link',
      ['d/ d/x=1 l->d', 'l/ l/y=2'],
      'd/ d/x=1 l/ l/y=2',
    ],
    ['a link over a folder', ['d/ d/x=1 e/', 'd->e'], 'd->e e/'],
    ['a fifo over a file', ['a=1', 'a|'], 'a|'],

    ['whiteout of a file', ['a=1 b=1', '.wh.a'], 'b=1'],
    ['whiteout of a folder', ['d/ d/a=1 d/e/f=1 x=1', '.wh.d'], 'x=1'],
    ['whiteout of a link leaves what it leads to', ['d/ d/a=1 l->d', '.wh.l'], 'd/ d/a=1'],
    ['whiteout of what never was', ['a=1', '.wh.b x/y/.wh.z'], 'a=1'],
    ['whiteout in the layer that writes the path hides the lower one only', ['a=1', '.wh.a a=2'], 'a=2'],
    ['whatever comes first', ['a=1', 'a=2 .wh.a'], 'a=2'],
    ['whiteout of a folder that its own layer fills', ['d/a=1 d/b=1', 'd/c=2 .wh.d'], 'd/ d/c=2'],
    ['deleted and written again in a later layer', ['a=1', '.wh.a', 'a=3'], 'a=3'],
    ['a whiteout reaches through a link to a folder', ['d/a=1 d/b=1 l->d', 'l/.wh.a'], 'd/ d/b=1 l->d'],

    ['opaque hides all that lower layers have', ['d/a=1 d/e/f=1', 'd/.wh..wh..opq d/b=2'], 'd/ d/b=2'],
    [
      'opaque after the new members',
      ['d/a=1 d/e/f=1', 'd/b=2 d/e/g=2 d/.wh..wh..opq'],
      'd/ d/b=2 d/e/ d/e/g=2',
    ],
    ['opaque root', ['a=1 d/b=1', 'c=2 .wh..wh..opq'], 'c=2'],
    ['opaque of a folder that is not there', ['a=1', 'x/.wh..wh..opq'], 'a=1'],
    ['opaque of a file does nothing', ['a=1', 'a/.wh..wh..opq'], 'a=1'],

    [
      'a member below a link goes where the link leads',
      ['usr/lib/ lib->usr/lib', 'lib/x=2'],
      'lib->usr/lib usr/ usr/lib/ usr/lib/x=2',
    ],
    ['absolute links start at the root of the image', ['e/ d/l->/e', 'd/l/x=2'], 'd/ d/l->/e e/ e/x=2'],
    ['a link up and down again', ['e/ d/l->../e', 'd/l/x=2'], 'd/ d/l->../e e/ e/x=2'],
    ['links cannot leave the image', ['l->../../../e', 'l/x=2'], 'e/ e/x=2 l->../../../e'],
    [
      'a link to nothing: the folder is made',
      ['l->no/where', 'l/x=2'],
      'l->no/where no/ no/where/ no/where/x=2',
    ],
    ['links that lead to links', ['a->b b->c c/', 'a/x=2'], 'a->b b->c c/ c/x=2'],
    ['a link in a circle is only a link', ['a->b b->a'], 'a->b b->a'],

    ['a hard link shares its content', ['a=1 b=>a'], 'a=1 b=1'],
    ['to a file of a lower layer', ['a=1', 'b=>a'], 'a=1 b=1'],
    ['keeps the content when the other name is deleted', ['a=1', 'b=>a', '.wh.a'], 'b=1'],
    ['keeps the content when the other name is overwritten', ['a=1 b=>a', 'a=2'], 'a=2 b=1'],
    ['to a hard link', ['a=1 b=>a', 'c=>b'], 'a=1 b=1 c=1'],
    ['to a symbolic link is that link', ['a=1 l->a m=>l'], 'a=1 l->a m->a'],
    ['through a link to a folder', ['d/a=1 l->d', 'b=>l/a'], 'b=1 d/ d/a=1 l->d'],
    ['over what was there', ['a=1 b=1', 'b=>a'], 'a=1 b=1'],
  ])('%s', async (_, layers, tree) => {
    expect(await lay(...layers)).toEqual(tree.split(' '));
  });

  test('nothing at all', async () => {
    expect(await lay()).toEqual([]);
    expect(await lay('a=1', '.wh.a')).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    ['a member below a file', ['a=1', 'a/b=2'], /layer 1 .* a holds members, but is a file/],
    ['a member below a link to a file', ['a=1 l->a', 'l/b=2'], /l holds members, but is a file/],
    ['a hard link to nothing', ['b=>a'], /b is a hard link to a, which is not there/],
    ['a hard link to itself', ['a=1', 'a=>a'], /a is a hard link to a, which is not there/],
    ['a hard link to a folder', ['d/', 'b=>d'], /b is a hard link to the folder d/],
    ['a member below a circle of links', ['a->b b->a', 'a/x=2'], /a leads through a loop/],
  ])('%s: no runtime can unpack it', async (_, layers, message) => {
    await expect(lay(...layers)).rejects.toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(message) }),
    );
  });

  test('a chain of 40 links is followed, and a hostile one ends in an error', async () => {
    const chain = (links: number): string =>
      Array.from({ length: links }, (_, at) => `l${at}->l${at + 1}`).join(' ');
    expect(await lay(`${chain(40)} l40/`, 'l0/x=2')).toContain('l40/x=2');
    await expect(lay(`${chain(300)} l300/`, 'l0/x=2')).rejects.toThrow(/loop/);
  });
});
