/** What the tour shows, each beside the control it is about. */
export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** Selectors of the control; the first that is in sight is taken. */
  readonly anchors: readonly string[];
}

export const STEPS: readonly TourStep[] = [
  {
    title: 'Every node is alive',
    text: 'Blue is the value that a node computes, orange the gradient of the loss by it. Both are of the last training step.',
    anchors: ['[data-canvas] .op-node[data-role="forward"]', '[data-canvas]', 'main'],
  },
  {
    title: 'Train, pause, step',
    text: 'Training runs in this browser. Pause it, make single steps, choose a speed, or begin again.',
    anchors: ['section[aria-label="Training"]'],
  },
  {
    title: 'See the gradients as a graph',
    text: 'Backward shows the nodes that the compiler derived from yours, Update how parameters change.',
    anchors: ['[role="group"][aria-label="Layers"]'],
  },
  {
    title: 'Ask a gradient where it comes from',
    text: 'Point at a wire for its numbers; a click pins them. Select a node, and “Explain this gradient” walks the chain rule with them.',
    anchors: ['aside[aria-label="Inspector"]', 'nav button[aria-label^="Inspect"]', 'nav'],
  },
  {
    title: 'Draw your own',
    text: 'Take an operator from here or double-click the canvas. F1 explains any of them, with an example to try.',
    anchors: ['aside[aria-label="Operators"]', 'nav button', 'nav'],
  },
];
