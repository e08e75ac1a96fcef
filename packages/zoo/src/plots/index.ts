export { type HeatMap, type HeatPanel, heatMap } from "./heat-map.js";
export { type LineChart, type LineSeries, lineChart } from "./line-chart.js";
export { type PictureGrid, pictureGrid } from "./picture-grid.js";
