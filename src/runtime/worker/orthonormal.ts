/**
 * The Q of QR = `matrix` where the diagonal of R is positive: the columns of a matrix of `rows` rows, each less what lies
 * along those before it, at length 1. A matrix with more columns than rows is transposed before and after, as PyTorch does.
 */
export function orthonormal(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  const wide = columns > rows;
  // One vector after another: the columns, or the rows of a wide matrix.
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  const vectors = wide ? matrix.slice() : transposed(matrix, rows);
  const vector = (at: number) => vectors.subarray(at * length, (at + 1) * length);
  for (let at = 0; at < count; at++) {
    const own = vector(at);
    // Twice is enough: rounding leaves something along the others the first time.
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < at; other++) subtractAlong(own, vector(other));
    }
    const norm = Math.sqrt(dot(own, own));
    for (let i = 0; i < length; i++) own[i] = (own[i] as number) / norm;
  }
  return wide ? vectors : transposed(vectors, columns);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Takes from `vector` what it has along a direction of length 1. */
function subtractAlong(vector: Float64Array, direction: Float64Array): void {
  const share = dot(vector, direction);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - share * (direction[i] as number);
}

function transposed(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  return Float64Array.from(matrix, (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] as number);
}
