/** A line that is written over, on a terminal only. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  show(done: number, of: number, text: string): void {
    if (!this.#stream.isTTY) return;
    const width = 24;
    const share = Number.isFinite(of) && of > 0 ? Math.min(1, done / of) : 0;
    const bar = Number.isFinite(of) ? `${'█'.repeat(Math.round(share * width)).padEnd(width, '░')} ` : '';
    this.#stream.write(`\r\x1b[2K${bar}${text}`);
    this.#shown = true;
  }

  /** Makes room for other lines. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[2K');
    this.#shown = false;
  }
}
