import "../shared/theme.css";
import "./link.css";
import { component } from "../shared/mount";
import { type LinkData, LinkView } from "./view";

export default component<LinkData>(({ root }) => new LinkView(root));
