/** What an entity can do with the aggregate that it is a part of. */
export interface Root {
  raise(event: object): void;
}

/** Beside the instances, which so stay plain: nothing of it is compared, printed or stored. */
const roots = new WeakMap<object, Root>();

/** The aggregate that an entity was last seen in. */
export function rootOf(entity: object): Root | undefined {
  return roots.get(entity);
}

export function joinRoot(entity: object, root: Root): void {
  if (roots.get(entity) !== root) roots.set(entity, root);
}
