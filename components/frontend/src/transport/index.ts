import "../shared/theme.css";
import "./transport.css";
import { component } from "../shared/mount";
import type { TransportData } from "./types";
import { TransportView } from "./view";

export default component<TransportData>((host) => new TransportView(host));
