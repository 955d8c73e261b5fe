import { describe, expect, test } from 'vitest';
import { drawing } from '../../../scripts/drawing.ts';
import { check } from '../../compiler/compile.ts';
import { registry } from '../../nodes/registry.ts';
import { compatiblePorts, type PortEnd, portsOf } from './compatible-ports.ts';

const document = drawing({
  data: ['Data', {}, { dataset: 'digits' }],
  W: ['Parameter', {}, { shape: [64, 10] }],
  product: ['MatMul', { a: 'data:x', b: 'W' }],
  tanh: ['Tanh', { x: 'product' }],
  add: ['Add'],
  loss: ['SoftmaxCrossEntropyLoss', { logits: 'tanh' }],
});
const state = { document, check: check(document, registry) };

const from = (node: string, port: string, side: PortEnd['side']) =>
  compatiblePorts(state, registry, { node, port, side }).map((to) => `${to.node}.${to.port} ${to.use}`);

describe('ports that a wire may lead to', () => {
  test('none that closes a loop, and open ones first', () => {
    expect(from('tanh', 'y', 'source')).toEqual(['add.a open', 'add.b open', 'W.update free', 'loss.weights free']);
  });

  test('labels are taken where whole numbers are, and nowhere else', () => {
    const labels = from('data', 'y', 'source');
    expect(labels).toContain('loss.labels open');
    expect(labels).not.toContain('tanh.x wired');
    expect(from('data', 'x', 'source')).toContain('tanh.x wired');
  });

  test('backwards, from an input to the outputs it may come from', () => {
    expect(from('tanh', 'x', 'target')).toEqual(['data.x wired', 'W.value wired', 'add.y free']);
    // What has no type yet may fit.
    expect(from('loss', 'labels', 'target')).toEqual(['data.y free', 'add.y free']);
  });

  test('ports of a node have types and say what waits', () => {
    expect(portsOf(state, registry, 'add').map(({ port, side, use }) => `${side} ${port} ${use}`)).toEqual([
      'source y free',
      'target a open',
      'target b open',
    ]);
  });
});
