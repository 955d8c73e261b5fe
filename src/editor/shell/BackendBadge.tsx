import { ChevronDown } from 'lucide-react';
import { sessionActions } from '../session/actions.ts';
import { useSession } from '../store/hooks.ts';
import type { BackendChoice } from '../store/types.ts';
import { Button } from '../widgets/Button.tsx';
import { Menu, MenuChoices, MenuLine } from '../widgets/Menu.tsx';

const NAMES: Record<BackendChoice, string> = { auto: 'Automatic', webgpu: 'WebGPU', wasm: 'WebAssembly' };

const CHOICES = [
  { value: 'auto', label: NAMES.auto, hint: 'measures both' },
  { value: 'webgpu', label: NAMES.webgpu, hint: 'GPU' },
  { value: 'wasm', label: NAMES.wasm, hint: 'CPU' },
] as const;

/** What training runs on, why, and the choice of another. */
export function BackendBadge() {
  const choice = useSession((state) => state.choice);
  const backend = useSession((state) => state.backend);
  const shown = backend ?? (choice === 'auto' ? null : choice);
  return (
    <Menu
      align="end"
      className="w-72"
      trigger={
        <Button kind="quiet">
          <span className="sr-only">Backend: {shown ? NAMES[shown] : 'not chosen yet'}</span>
          <span aria-hidden="true" className={shown ? 'text-ink' : 'text-muted'}>
            {shown === 'wasm' ? 'WASM' : shown ? NAMES[shown] : 'Backend'}
          </span>
          {choice === 'auto' && <span className="text-faint">auto</span>}
          <ChevronDown size={14} className="text-faint" />
        </Button>
      }
    >
      <BackendMenu />
    </Menu>
  );
}

/** The content of the backend's menu, which small windows show inside another menu. */
export function BackendMenu() {
  const choice = useSession((state) => state.choice);
  const reason = useSession((state) => state.reason);
  const adapter = useSession((state) => state.adapter);
  return (
    <>
      <MenuChoices
        label="Train on"
        value={choice}
        choices={CHOICES}
        onChange={(next) => sessionActions().setBackend(next)}
      />
      <MenuLine />
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 px-2 py-1 text-sm">
        <dt className="text-faint">Why</dt>
        <dd className="text-muted">{reason || 'Chosen when training begins.'}</dd>
        <dt className="text-faint">Runs on</dt>
        <dd className="text-muted">{adapter || 'Nothing yet.'}</dd>
      </dl>
    </>
  );
}
