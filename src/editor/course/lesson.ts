/** What a lesson is: a drawing to begin with, a text, and checkpoints that the lesson verifies itself. */
import type { Facts } from './facts.ts';
import type { Pen } from './pen.ts';

/**
 * So many steps of training; training until it ends by itself; the initial values again; the values of the parameters kept,
 * and put back.
 */
export type Deed = number | 'train' | 'reset' | 'keep' | 'put back';

export interface Checkpoint {
  /** Unique in its lesson; `[[id]]` on a line of its own says where in the text it stands. */
  readonly id: string;
  /** What there is to do, in a few words. */
  readonly title: string;
  /** The same in a sentence or two; Markdown. */
  readonly say: string;
  /** True when it is done, else a hint that starts from what is there. Depends on nothing but the facts. */
  readonly check: (facts: Facts) => true | string;
  /** What “Show the answer” draws, on top of the answers to the checkpoints before it. */
  readonly answer: (pen: Pen) => void;
  /** What the answer does besides, in order. */
  readonly deeds?: readonly Deed[];
}

export const CHAPTERS = ['Expressions', 'Descent', 'Classifiers', 'Networks', 'Images', 'Practice'] as const;

export interface Lesson {
  /** Of the files `NN-id.json` and `NN-id.md` in examples/course, and of links: `#lesson=id`. */
  readonly id: string;
  readonly title: string;
  readonly chapter: (typeof CHAPTERS)[number];
  /** What it is about, in one sentence. */
  readonly summary: string;
  readonly checkpoints: readonly Checkpoint[];
  /** Codes of the errors that the drawing begins with, where it has some on purpose. */
  readonly errors?: readonly string[];
}
