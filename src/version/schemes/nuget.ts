import { numeral } from '../order.ts';
import { identifiersOf, orderOfPrecedence, type Precedence } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

const SHAPE = /^(\d+(?:\.\d+){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * One to four numbers, then as Semantic Versioning has it, but pre-release labels in any case are the same.
 * Source: learn.microsoft.com/nuget/concepts/package-versioning.
 */
export const nuget: VersionScheme<Precedence> = {
  name: 'nuget',
  parse,
  compare: orderOfPrecedence,
};

function parse(text: string): Precedence | undefined {
  const parts = SHAPE.exec(text.trim());
  if (parts === null) return undefined;
  // NuGet compares labels in upper case, which puts an underscore-free ASCII label where lower case does too.
  const pre = parts[2] === undefined ? undefined : identifiersOf(parts[2].toLowerCase());
  if (parts[2] !== undefined && pre === undefined) return undefined;
  return { numbers: (parts[1] ?? '').split('.').map(numeral), pre };
}
