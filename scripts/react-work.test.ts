// @vitest-environment jsdom
// biome-ignore-all lint/correctness/noComponentHookFactories: React is loaded only once the hook is there
/** The counter agrees with components that count themselves. */
import type { ReactNode } from 'react';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { installReactWork } from './react-work.ts';

type React = typeof import('react');

let React: React;
let show: (element: ReactNode) => void;
let rendered: Record<string, number> = {};

const note = (name: string) => {
  rendered[name] = (rendered[name] ?? 0) + 1;
};

/** What the counter saw while something happened, and what the components say themselves. */
async function seen(what: () => void) {
  const { commits, byName } = structuredClone(window.reactWork);
  rendered = {};
  await React.act(async () => what());
  const now = window.reactWork;
  const counted = Object.entries(now.byName).flatMap(([name, count]) => {
    const more = count - (byName[name] ?? 0);
    return more > 0 ? [[name, more] as const] : [];
  });
  return { commits: now.commits - commits, counted: Object.fromEntries(counted), rendered };
}

beforeAll(async () => {
  installReactWork();
  // React looks for the hook when it is loaded.
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  React = await import('react');
});

beforeEach(async () => {
  const { createRoot } = await import('react-dom/client');
  const root = createRoot(document.createElement('div'));
  show = (element) => root.render(element);
});

/** A row of memoized items that each follow a state of their own, beside a plain component and one that takes a ref. */
function makeTree() {
  const { createElement, forwardRef, memo, useState } = React;
  const set: ((value: number) => void)[] = [];
  let refresh: (value: number) => void = () => {};
  const Leaf = ({ value }: { readonly value: number }) => {
    note('Leaf');
    return createElement('i', null, value);
  };
  const Item = memo(function Item({ at }: { readonly at: number }) {
    note('Item');
    const [value, setValue] = useState(0);
    set[at] = setValue;
    return createElement('b', null, createElement(Leaf, { value }));
  });
  const Port = memo(
    forwardRef<HTMLElement, { readonly label: string }>(function Port({ label }, ref) {
      note('Port');
      return createElement('u', { ref }, label);
    }),
  );
  const List = () => {
    note('List');
    const [value, setValue] = useState(0);
    refresh = setValue;
    return createElement(
      'div',
      null,
      [0, 1, 2].map((at) => createElement(Item, { key: at, at })),
      createElement(Port, { key: 'port', label: value < 2 ? 'one' : 'two' }),
    );
  };
  const Idle = () => {
    note('Idle');
    return createElement('p');
  };
  const Tree = () => {
    note('Tree');
    return createElement('main', null, createElement(Idle), createElement(List));
  };
  return { Tree, set, refresh: (value: number) => refresh(value) };
}

test('components count as often as they are rendered', async () => {
  const { Tree, set, refresh } = makeTree();
  const all = { Tree: 1, Idle: 1, List: 1, Item: 3, Leaf: 3, Port: 1 };
  const mounted = await seen(() => show(React.createElement(Tree)));
  expect(mounted).toEqual({ commits: 1, counted: all, rendered: all });

  // Twice, because flags of the first time could be taken for those of the second.
  for (const value of [1, 2]) {
    const one = await seen(() => set[1]?.(value));
    expect(one).toEqual({ commits: 1, counted: { Item: 1, Leaf: 1 }, rendered: { Item: 1, Leaf: 1 } });
  }
  const other = await seen(() => set[2]?.(1));
  expect(other).toEqual({ commits: 1, counted: { Item: 1, Leaf: 1 }, rendered: { Item: 1, Leaf: 1 } });

  expect(await seen(() => refresh(1))).toEqual({ commits: 1, counted: { List: 1 }, rendered: { List: 1 } });
  const both = { List: 1, Port: 1 };
  expect(await seen(() => refresh(2))).toEqual({ commits: 1, counted: both, rendered: both });
  expect(await seen(() => refresh(2))).toMatchObject({ counted: {} });
  const { Tree: more } = makeTree();
  expect(await seen(() => show(React.createElement(more)))).toMatchObject({ counted: all, rendered: all });
});
