import { component } from "../shared/mount";
import { Beat } from "./beat";

export default component<{ beat: number; wait_ms: number }>((host) => {
  let numAsked = 0;
  const beat = new Beat(() => host.trigger("ask", ++numAsked));
  return { update: (data) => beat.receive(data.beat, data.wait_ms), destroy: () => beat.stop() };
});
