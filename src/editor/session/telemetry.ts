/** The page's telemetry. Painters read it; React never subscribes to it. */
import { TelemetryHub } from '../../runtime/telemetry-hub.ts';

export const hub = new TelemetryHub();
