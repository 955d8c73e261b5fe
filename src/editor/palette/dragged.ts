/** The operator that is dragged out of the palette: browsers tell what it is only once it is dropped. */
let op: string | null = null;

export function setDragged(name: string | null): void {
  op = name;
}

export function draggedOperator(): string | null {
  return op;
}
