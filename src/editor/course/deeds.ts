import { sessionActions } from '../session/actions.ts';
import { weights } from '../weights/weights.ts';
import type { Deed } from './lesson.ts';

/** Values of parameters by name. */
let kept: Readonly<Record<string, Float32Array>> = {};

/** Does what belongs to an answer besides its drawing. Steps are begun, not waited for. */
export async function perform(deeds: readonly Deed[]): Promise<void> {
  const actions = sessionActions();
  for (const deed of deeds) {
    if (deed === 'reset') actions.reset();
    else if (deed === 'train') {
      actions.setPace(null);
      actions.start();
    } else if (deed === 'keep') {
      const { file } = await weights().capture(false);
      kept = Object.fromEntries([...file.tensors].map(([name, { data }]) => [name, Float32Array.from(data, Number)]));
    } else if (deed === 'put back') await weights().load(kept, null);
    else actions.step(deed);
  }
}
