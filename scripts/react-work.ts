/** Counts what React does on a page, in production builds too, by the hook that its developer tools use. */

export interface ReactWork {
  commits: number;
  /** Components that were rendered, each time. */
  renders: number;
  /** The same by the name of the component, which builds may have shortened. */
  byName: Record<string, number>;
}

declare global {
  interface Window {
    reactWork: ReactWork;
  }
}

/** Before React is loaded. It refers to nothing outside of it, so that it can be handed to a page as text. */
export function installReactWork(): void {
  interface Fiber {
    readonly tag: number;
    readonly flags: number;
    readonly type: { readonly name?: string; readonly render?: { readonly name?: string } } | null;
    readonly alternate: Fiber | null;
    readonly child: Fiber | null;
    readonly sibling: Fiber | null;
  }
  const work: ReactWork = { commits: 0, renders: 0, byName: {} };
  // Functions, classes, functions that take a ref, and memoized functions. Other memoized components are two fibers, of
  // which the inner one has one of these tags.
  const COMPONENTS = [0, 1, 11, 15];
  /** The flag of what was rendered and not left as it was. It is that of this commit, because each copy of a fiber begins without. */
  const PERFORMED_WORK = 1;
  const visit = (fiber: Fiber) => {
    if (COMPONENTS.includes(fiber.tag) && fiber.flags & PERFORMED_WORK) {
      const name = fiber.type?.name || fiber.type?.render?.name || '?';
      work.renders++;
      work.byName[name] = (work.byName[name] ?? 0) + 1;
    }
    // Where nothing below was to be done, the copy shares its children, whose flags are those of an earlier commit.
    if (fiber.alternate !== null && fiber.alternate.child === fiber.child) return;
    for (let child = fiber.child; child; child = child.sibling) visit(child);
  };
  window.reactWork = work;
  Object.assign(window, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberRoot: (_: number, root: { readonly current: Fiber }) => {
        work.commits++;
        visit(root.current);
      },
      onCommitFiberUnmount: () => {},
      onPostCommitFiberRoot: () => {},
    },
  });
}
