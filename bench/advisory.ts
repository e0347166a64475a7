import type { BenchPart } from './table.ts';

/** Filled in below: the database's size, opening and building, and matching. */
export const advisoryBench: BenchPart = async () => [];
