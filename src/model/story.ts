/** What `explain` returns: an answer in steps, each with its evidence. `report` renders it. */
export interface Story {
  readonly title: string;
  /** One sentence: the answer. */
  readonly answer: string;
  readonly steps: readonly StoryStep[];
}

export interface StoryStep {
  readonly heading: string;
  /** Label and value pairs, in the order in which to show them. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly links?: readonly string[];
}
