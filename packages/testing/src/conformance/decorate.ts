/** Decorates a method where it depends on something whether it is decorated. */
export function decorate(decorator: unknown, type: { readonly prototype: object }, method: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method)!;
  (decorator as (target: object, key: string, descriptor: PropertyDescriptor) => void)(
    type.prototype,
    method,
    descriptor,
  );
}
