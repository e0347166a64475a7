export { explainFinding } from './explain.ts';
export { matchCatalog } from './match-catalog.ts';
