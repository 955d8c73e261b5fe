/** Steps that were made are made again, to come to the very same state. */
import type { Checkpoint, State } from '../protocol.ts';
import { trainQuietly } from './aside.ts';
import { initialState } from './initializers.ts';
import type { Loaded } from './loaded.ts';

interface Setting {
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

/** What hyperparameters were set to by hand, and after how many steps. */
export class Settings {
  #made: Setting[] = [];

  add(step: number, name: string, value: number): void {
    // Of one step only the last counts: dragging a slider while training is paused leaves one.
    this.#made = this.#made.filter((setting) => setting.step !== step || setting.name !== name);
    this.#made.push({ step, name, value });
  }

  /** After `from` steps or later, and before the `to`th is made, in order. */
  between(from: number, to: number): readonly Setting[] {
    return this.#made.filter(({ step }) => step >= from && step < to);
  }

  /** Training goes on from `step` with what is set now; what was set later is no longer so. */
  goBack(step: number, now: Readonly<Record<string, number>>): void {
    this.#made = this.#made.filter((setting) => setting.step < step);
    for (const [name, value] of Object.entries(now)) this.add(step, name, value);
  }
}

/**
 * The state after `to` steps, made again from a checkpoint with what hyperparameters were then. The session is left in
 * that state, with the hyperparameters of now.
 */
export async function replay(loaded: Loaded, from: Checkpoint, to: number): Promise<State> {
  const { session, settings, hyperparameters, plan } = loaded;
  const { onLosses } = session;
  session.onLosses = () => {};
  try {
    session.writeState(from.state ?? initialState(plan.state));
    for (const [name, value] of Object.entries(from.hyperparameters)) session.setHyperparameter(name, value);
    let at = from.step;
    for (const { step, name, value } of settings.between(from.step, to)) {
      await trainQuietly(session, loaded, at, step);
      at = step;
      session.setHyperparameter(name, value);
    }
    await trainQuietly(session, loaded, at, to);
    return await session.readState();
  } finally {
    session.onLosses = onLosses;
    for (const [name, value] of Object.entries(hyperparameters)) session.setHyperparameter(name, value);
  }
}
