import { build, preview } from 'vite';

await build({ logLevel: 'warn' });
// vite takes the next free port if this one is taken.
const server = await preview({ preview: { port: Number(process.env.PORT ?? 5173) } });
console.log(`Wiregrad is at ${server.resolvedUrls?.local[0]}`);
