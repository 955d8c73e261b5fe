#!/usr/bin/env node
// The command is TypeScript that tsx translates while it is loaded.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/cli/main.ts');
await main(process.argv);
