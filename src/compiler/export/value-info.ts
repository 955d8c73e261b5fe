import type { ValueInfoProto } from '../onnx/onnx_pb.ts';

/** The elements and sizes that a value declares; null where it declares no tensor with a shape. */
export function tensorTypeOf({
  type,
}: ValueInfoProto): { readonly elem: number; readonly dims: readonly (number | string)[] } | null {
  if (type?.value.case !== 'tensorType' || !type.value.value.shape) return null;
  const { elemType, shape } = type.value.value;
  const dims = shape.dim.map(({ value }) => {
    if (value.case === 'dimValue') return Number(value.value);
    return value.case === 'dimParam' ? value.value : '?';
  });
  return { elem: elemType, dims };
}
