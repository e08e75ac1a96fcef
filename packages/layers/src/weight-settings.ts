import { type Constraint, type ConstraintLike, resolveConstraint } from "./constraints.js";
import { type Initializer, type InitializerLike, resolveInitializer } from "./initializers.js";
import type { WeightOptions } from "./layer-options.js";
import { type Config, objectConfig } from "./named-object.js";
import { type Regularizer, type RegularizerLike, resolveRegularizer } from "./regularizers.js";

/** What may be said of one weight of a layer. */
export interface WeightSettings extends WeightOptions {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;
}

/** The options `<weight>Initializer`, `<weight>Regularizer`, `<weight>Constraint` of a layer. */
export type WeightChoices<Weight extends string> = {
  readonly [Option in `${Weight}Initializer`]?: InitializerLike;
} & {
  readonly [Option in `${Weight}Regularizer`]?: RegularizerLike | null;
} & {
  readonly [Option in `${Weight}Constraint`]?: ConstraintLike | null;
};

/** What a layer's options say of the weight of this name. */
export function weightSettings<Weight extends string>(
  weight: Weight,
  options: WeightChoices<Weight>,
  initializer: InitializerLike,
): WeightSettings {
  const given = options as Readonly<Record<string, unknown>>;
  return {
    initializer: resolveInitializer((given[`${weight}Initializer`] as InitializerLike) ?? initializer),
    regularizer: resolveRegularizer(given[`${weight}Regularizer`] as RegularizerLike),
    constraint: resolveConstraint(given[`${weight}Constraint`] as ConstraintLike),
  };
}

/** The same as configs keep it. */
export function weightConfig(weight: string, settings: WeightSettings): Config {
  const { initializer, regularizer, constraint } = settings;
  return {
    [`${weight}Initializer`]: objectConfig(initializer),
    ...(regularizer ? { [`${weight}Regularizer`]: objectConfig(regularizer) } : {}),
    ...(constraint ? { [`${weight}Constraint`]: objectConfig(constraint) } : {}),
  };
}
