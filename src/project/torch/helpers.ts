import type { Helper } from './rules.ts';

/** Functions that generated modules bring with them, in the order in which they are written. */
export const HELPERS: Readonly<Record<Helper, string>> = {
  gradient: `def gradient(cost, variables, weights=None):
    """Gradients that can be differentiated again; zeros where the cost does not depend on a variable."""
    if not cost.requires_grad:
        return [torch.zeros_like(variable) for variable in variables]
    found = torch.autograd.grad(cost, variables, weights, create_graph=True, allow_unused=True)
    return [torch.zeros_like(variable) if slope is None else slope for variable, slope in zip(variables, found)]
`,
  jacobian: `def jacobian(y, x):
    """All partial derivatives, of the shape of y followed by that of x."""
    rows = [gradient(each, [x])[0] for each in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + x.shape)
`,
  filtered: `def filtered(x, rule):
    """x, with a rule for the gradient that flows back."""
    y = x.clone()
    if y.requires_grad:
        y.register_hook(rule)
    return y
`,
  uniform: `def uniform(generator, shape, first_row=0):
    """Random numbers in [0, 1) as Wiregrad draws them: a hash of key, step and number of the element in 32 bits."""
    def wrap(h):
        return (h + 2**31) % 2**32 - 2**31

    def permute(h):
        return wrap(h * wrap(2 * h + 1))

    def fold(h, bits):
        return wrap(h + torch.div(h, 2**bits, rounding_mode="trunc"))

    key, step = (torch.tensor(int(value + 0.5)) for value in generator.tolist())
    size = math.prod(shape)
    first = first_row * math.prod(shape[1:])
    seeded = wrap(wrap(key * 277803737) + wrap(step * 747796405))
    start = fold(permute(fold(permute(seeded), 16)), 15)
    element = wrap(torch.arange(first, first + size) * 1597334677)
    hashed = permute(fold(permute(fold(permute(wrap(element + start)), 16)), 15))
    drawn = torch.div(hashed, 256, rounding_mode="trunc").float() * 2**-24 + 0.5
    return drawn.reshape(shape).to(generator.device)
`,
  normal: `def normal(generator, shape, first_row=0):
    """Normally distributed numbers, by Box and Muller's transform."""
    later = generator + torch.tensor([0.0, 2.0**23], device=generator.device)
    first, second = uniform(generator, shape, first_row), uniform(later, shape, first_row)
    radius = (-2 * (1 - first).log()).sqrt()
    return radius * torch.sin(math.pi * (0.5 - 2 * (second - 0.5).abs()))
`,
  dropout: `def dropout(generator, x, ratio, first_row=0):
    """x with a share of its elements dropped and the others scaled up, and what was kept."""
    kept = uniform(generator, x.shape, first_row) >= ratio
    return torch.where(kept, x / (1 - ratio), torch.zeros_like(x)), kept
`,
};
