import { DECISIONS_SCHEMA, hasDenied, readDecisions } from '../authorization/decisions.ts'
import { gateOf } from '../authorization/authorize.ts'
import { noteVisit } from '../authorization/visits.ts'
import type { Above } from '../kernel/object/catalog.ts'
import { placeObject } from '../kernel/object/place-object.ts'
import { catalog } from './index.ts'

const above: Above = {
  catalog,
  gate: gateOf,
  migrations: [DECISIONS_SCHEMA],
  decisions: readDecisions,
  tells: hasDenied,
  noteVisit,
}

/** All services of an account and region, or one large resource: the one class of objects. */
export class PlaceObject extends placeObject(above) {}
