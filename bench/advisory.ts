import { databaseBench } from './db-build.ts';
import type { BenchPart } from './table.ts';

/** The database of feeds of full size. */
export const advisoryBench: BenchPart = async () => databaseBench();
