/** Names that Python takes. */

const KEYWORDS =
  `False None True and as assert async await break class continue def del elif else except finally for from
global if import in is lambda nonlocal not or pass raise return try while with yield
torch F nn math self Model gradient jacobian filtered uniform normal dropout range len zip print`.split(/\s+/);

/** What modules of torch call their own. */
const MODULE =
  `T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
eval extra_repr first_row float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules
mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict
to to_empty train training type xpu zero_grad advance evaluate`.split(/\s+/);

/** Gives every name once. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set([...KEYWORDS, ...taken]);
  }

  /** A free name that says what is wanted. */
  take(wanted: string): string {
    const plain = wanted.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '') || 'value';
    const base = /^\d/.test(plain) ? `v_${plain}` : plain;
    let name = base;
    for (let at = 2; this.#taken.has(name); at++) name = `${base}_${at}`;
    this.#taken.add(name);
    return name;
  }
}

export const attributeNames = (): Names => new Names(MODULE);
