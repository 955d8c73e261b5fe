/** Runs compiled models on WebGPU in a page, by the build of ONNX Runtime that the app would choose there. */
import { type Page, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';
import type { GraphPlan } from '../../src/compiler/plan.ts';
import type { TensorData } from '../../src/compiler/types.ts';

export interface Result {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const PAGE = '/models';

/** A server for the sources, since the built app shows none of its parts. */
async function serveSources(): Promise<ViteDevServer> {
  const server = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  });
  return server.listen();
}

/** Opens an empty page that is isolated like the app's. */
async function openModelPage(page: Page, server: ViteDevServer): Promise<void> {
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The server has no address');
  const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
  await page.route(`**${PAGE}`, (route) =>
    route.fulfill({ contentType: 'text/html', headers, body: '<!doctype html><title>Models</title>' }),
  );
  await page.goto(new URL(PAGE, address).href);
}

/** A page for the models of a spec file, from its first test to its last. */
export function modelPage(): () => Page {
  let server: ViteDevServer;
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    server = await serveSources();
    page = await browser.newPage();
    await openModelPage(page, server);
  });
  test.afterAll(async () => {
    await page?.close();
    await server?.close();
  });
  return () => page;
}

/** The outputs of a model in order. Refuses a model of which any node would run on the CPU. */
export function runOnWebGpu(
  page: Page,
  plan: GraphPlan,
  feeds: Readonly<Record<string, TensorData>>,
): Promise<Result[]> {
  const given = plan.inputs.map(({ name }) => {
    const { dtype, shape, data } = feeds[name] as TensorData;
    return { name, dtype, shape, data: Array.from(data, Number) };
  });
  const work = {
    onnx: Buffer.from(plan.onnx).toString('base64'),
    feeds: given,
    outputs: plan.outputs.map(({ name }) => name),
    build: '/src/runtime/worker/ort.ts',
  };
  return page.evaluate(async ({ onnx, feeds, outputs, build }) => {
    const { loadOrt } = (await import(build)) as typeof import('../../src/runtime/worker/ort.ts');
    const { ort } = await loadOrt('webgpu');
    const bytes = Uint8Array.from(atob(onnx), (byte) => byte.charCodeAt(0));
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [
        { name: 'webgpu', preferredLayout: 'NCHW', validationMode: 'wgpuOnly', storageBufferCacheMode: 'simple' },
      ],
      graphOptimizationLevel: 'basic',
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    });
    const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, int64: BigInt64Array };
    const tensors = feeds.map(({ name, dtype, shape, data }) => {
      const array = dtype === 'int64' ? BigInt64Array.from(data, BigInt) : arrays[dtype].from(data as never);
      return [name, new ort.Tensor(dtype, array as Float32Array, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(tensors));
    const read = outputs.map((name) => {
      const tensor = results[name];
      if (!tensor) throw new Error(`There is no output ${name}`);
      return { shape: tensor.dims, data: Array.from(tensor.data as ArrayLike<number | bigint>, Number) };
    });
    await session.release();
    return read;
  }, work);
}
