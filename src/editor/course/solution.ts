import type { GraphDocument } from '../../compiler/document.ts';
import type { Lesson } from './lesson.ts';
import { Pen } from './pen.ts';

/** The drawing that a lesson begins with, with the answers to its first checkpoints, up to and with number `last`. */
export function solution(start: GraphDocument, { checkpoints }: Lesson, last: number): GraphDocument {
  const pen = new Pen(start);
  for (const { answer } of checkpoints.slice(0, last + 1)) answer(pen);
  return pen.document;
}
