import type { Instances } from "../commands/instances";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class, Resolvable } from "../metadata/class-types";
import type { ServiceModel } from "../model/service-model";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";

/** Constructs the services of a domain, and runs their use cases in units of work. */
export class Services {
  constructor(
    private readonly models: ReadonlyMap<Class, ServiceModel>,
    private readonly instances: Instances,
    private readonly units: UnitsOfWork,
  ) {}

  /**
   * Constructs a service.
   * @throws IncorrectUsageError for a class that is not a registered service, or that cannot be constructed.
   */
  async of<T extends object>(type: Resolvable<T>): Promise<T> {
    const model = this.models.get(type);
    if (model === undefined) {
      const name = typeof type === "function" ? type.name : String(type);
      throw new IncorrectUsageError(
        `${name} is not a registered service: declare it with @domain.domainService or @domain.applicationService`,
      );
    }
    const service = await this.instances.of(type);
    return model.useCases.size === 0 ? service : this.inUnitsOfWork(service, model);
  }

  /** Wraps a service for its callers. Its own calls of its methods are not wrapped, because they run in a unit already. */
  private inUnitsOfWork<T extends object>(service: T, { useCases }: ServiceModel): T {
    const { units } = this;
    return new Proxy(service, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function" || key === "constructor") return member;
        const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
        return useCases.has(key)
          ? async (...args: unknown[]) => await units.underWay.during(() => units.run(call, {}, ...args))
          : call;
      },
    });
  }
}
