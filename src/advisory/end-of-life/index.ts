import { PratiqueError } from '../../kit/index.ts';
import type { EndOfLife } from '../../model/index.ts';
import { wholeJson } from '../feed-content.ts';
import { dateOf, defined, isObject, listOf, objectOf, textOf } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';
import { PRODUCTS } from './products.ts';

/**
 * When releases stop being supported. Reads every shape in which the data is published: a product's list of
 * cycles (API v0), `{result}` (API v1), and all products by name with their `releases` (the site's own source).
 * Source: https://endoflife.date/docs/api/
 */
export const endOfLife: Updater = {
  name: 'end-of-life',
  version: 1,
  licence: 'MIT',
  files: [
    {
      id: 'products',
      url: 'https://endoflife.date/api/v1/products/full',
      local: ['eol/endoflife-products.json'],
      optional: true,
      folderOnly: true,
    },
    ...PRODUCTS.map(
      (product): FeedFile => ({
        id: product,
        url: `https://endoflife.date/api/${product}.json`,
        local: [`eol/${product}.json`],
        optional: true,
      }),
    ),
  ],
  parse,
};

async function* parse(file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  let products = 0;
  for (const [product, releases] of productsIn(await wholeJson(content), file.id)) {
    products++;
    for (const raw of releases) {
      const row = rowOf(product, objectOf(raw));
      yield row === undefined
        ? { kind: 'skipped', id: product, reason: 'a release without a name' }
        : { kind: 'end-of-life', row };
    }
  }
  if (products === 0) throw new PratiqueError('FEED_INVALID', 'the file lists no releases of a product');
}

function* productsIn(document: unknown, fileId: string): Generator<[string, readonly unknown[]]> {
  if (Array.isArray(document)) {
    yield [fileId, document];
    return;
  }
  const result = objectOf(document).result;
  if (result !== undefined) {
    for (const raw of Array.isArray(result) ? result : [result]) {
      const product = objectOf(raw);
      if (Array.isArray(product.releases)) yield [textOf(product.name) ?? fileId, product.releases];
    }
    return;
  }
  if (!isObject(document)) return;
  if (Array.isArray(document.releases)) yield [fileId, document.releases];
  else {
    for (const [product, raw] of Object.entries(document)) {
      const releases = objectOf(raw).releases;
      if (Array.isArray(releases)) yield [product, listOf(releases)];
    }
  }
}

function rowOf(product: string, release: Readonly<Record<string, unknown>>): EndOfLife | undefined {
  const cycle = textOf(release.cycle) ?? textOf(release.releaseCycle) ?? textOf(release.name);
  if (cycle === undefined) return undefined;
  return defined({
    product,
    cycle,
    codename: textOf(release.codename),
    released: dateOf(release.releaseDate),
    eol: whenOf(release.eol) ?? whenOf(release.eolFrom) ?? whenOf(release.isEol),
    extended:
      whenOf(release.extendedSupport) ??
      whenOf(release.eoes) ??
      whenOf(release.eoesFrom) ??
      whenOf(release.isEoes),
  });
}

function whenOf(value: unknown): string | boolean | undefined {
  return typeof value === 'boolean' ? value : dateOf(value);
}
