declare module "plotly.js-cartesian-dist-min" {
  const bundle: unknown;
  export default bundle;
}
