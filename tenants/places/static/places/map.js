// Maps of places on Leaflet (`L`, loaded before). Without tiles a grid with coordinates is the ground.
// Every page with a map says the same in words and fields; this file only shows it, and fills the fields in.

const L = window.L;

/** Degrees with as many decimals as the zoom can tell apart. */
function degrees(value, zoom) {
  return value.toFixed(Math.max(0, Math.min(5, Math.round(zoom / 3) - 1)));
}

const Grid = L.GridLayer.extend({
  createTile(coords) {
    const tile = document.createElement("div");
    tile.className = "map-grid";
    const corner = this._map.unproject(coords.scaleBy(this.getTileSize()), coords.z);
    const text = document.createElement("span");
    text.textContent = `${degrees(corner.lat, coords.z)}, ${degrees(corner.lng, coords.z)}`;
    tile.append(text);
    return tile;
  },
});

/** A map in `host` with its ground; the wheel zooms only once the map has the focus, so that pages still scroll. */
function makeMap(host, data) {
  const map = L.map(host, { attributionControl: false, scrollWheelZoom: false, zoomAnimation: false, maxZoom: 19 });
  if (data.tiles) {
    L.tileLayer(data.tiles, { maxZoom: 19 }).addTo(map);
    const credit = L.control.attribution({ prefix: false }).addTo(map);
    // As text: a name is not trusted to be markup.
    credit.addAttribution(L.Util.template("{text}", { text: escaped(data.credit) }));
  } else {
    new Grid({ maxZoom: 19 }).addTo(map);
  }
  L.control.scale({ imperial: false }).addTo(map);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  return map;
}

function escaped(text) {
  return String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function shapeOf(said, isGround) {
  // What lies below a drawing takes no clicks: they are for the drawing.
  const style = { className: "map-shape map-shape--place", interactive: !isGround };
  return said.ring.length ? L.polygon(said.ring, style) : L.circle(said.at, { ...style, radius: said.radius });
}

function labelled(layer, said) {
  const label = document.createElement(said.url ? "a" : "b");
  label.textContent = said.name;
  if (said.url) label.href = said.url;
  return layer.bindPopup(label).bindTooltip(escaped(said.name));
}

/** Shapes and points of the page, or only the ground of a drawing; returns what they cover. */
function show(map, data, isGround) {
  const drawn = L.featureGroup().addTo(map);
  for (const said of data.shapes) labelled(shapeOf(said, isGround), said).addTo(drawn);
  for (const said of data.points) {
    if (said.accuracy) L.circle(said.at, { radius: said.accuracy, className: "map-shape map-shape--error" }).addTo(drawn);
    labelled(L.circleMarker(said.at, { radius: 7, className: `map-point map-point--${said.kind}` }), said).addTo(drawn);
  }
  return drawn;
}

function fit(map, drawn) {
  const bounds = drawn.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: 17 });
  else map.setView([-2.5, 118], 5);
}

// Drawing ----------------------------------------------------------------------------------------------------------

function number(field) {
  const value = Number.parseFloat(field.value.trim().replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

function cornersOf(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const parts = line.trim().split(/\s*;\s*|,\s+|\s+/);
    const pair = parts.map((part) => Number.parseFloat(part.replace(",", ".")));
    if (pair.length === 2 && pair.every(Number.isFinite)) found.push(pair);
  }
  return found;
}

/** The fields of the form and the shape on the map say the same, whichever of the two is touched. */
function drawInto(map, form, drawn) {
  const fields = form.elements;
  const layer = L.featureGroup().addTo(map);
  const isArea = () => form.querySelector("[name=shape]:checked")?.value === "area";
  let handles = [];

  function write(name, value) {
    fields[name].value = value;
    fields[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  const pair = (at) => [at.lat.toFixed(6), at.wrap().lng.toFixed(6)];

  function handle(at, moved, removed) {
    const icon = L.divIcon({ className: "map-handle", iconSize: [28, 28] });
    const marker = L.marker(at, { icon, draggable: true, keyboard: false }).addTo(layer);
    marker.on("drag", () => moved(marker.getLatLng()));
    marker.on("dragend", redraw);
    if (removed) marker.on("dblclick", removed);
    return marker;
  }

  function redraw() {
    layer.clearLayers();
    handles = [];
    for (const name of ["latitude", "longitude", "radius_m"]) fields[name].closest(".field").hidden = isArea();
    fields.corners.closest(".field").hidden = !isArea();
    form.querySelector("[data-clear-corners]")?.toggleAttribute("hidden", !isArea());
    if (isArea()) {
      const corners = cornersOf(fields.corners.value);
      const area = corners.length > 1 ? L.polygon(corners, { className: "map-shape map-shape--own", interactive: false }).addTo(layer) : null;
      const tell = () => write("corners", corners.map(([lat, lng]) => `${lat}, ${lng}`).join("\n"));
      handles = corners.map((corner, index) =>
        handle(
          corner,
          (at) => {
            corners[index] = pair(at);
            area?.setLatLngs(corners);
            tell();
          },
          () => {
            corners.splice(index, 1);
            tell();
            redraw();
          },
        ),
      );
    } else {
      const lat = number(fields.latitude);
      const lng = number(fields.longitude);
      if (lat === null || lng === null) return;
      const circle = L.circle([lat, lng], { radius: number(fields.radius_m) ?? 0, className: "map-shape map-shape--own", interactive: false });
      circle.addTo(layer);
      handle([lat, lng], (at) => {
        const [latitude, longitude] = pair(at);
        circle.setLatLng(at);
        write("latitude", latitude);
        write("longitude", longitude);
      });
    }
  }

  map.on("click", (event) => {
    const [latitude, longitude] = pair(event.latlng);
    if (isArea()) {
      write("corners", `${fields.corners.value.trim()}\n${latitude}, ${longitude}`.trim());
    } else {
      write("latitude", latitude);
      write("longitude", longitude);
    }
    redraw();
  });
  form.addEventListener("change", redraw);
  form.querySelector("[data-clear-corners]")?.addEventListener("click", () => {
    write("corners", "");
    redraw();
  });
  form.querySelector("[data-here]")?.addEventListener("click", () => {
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        map.setView([coords.latitude, coords.longitude], 17);
        map.fire("click", { latlng: L.latLng(coords.latitude, coords.longitude) });
      },
      () => document.dispatchEvent(new CustomEvent("kd:say", { detail: form.dataset.noPosition })),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
  for (const button of form.querySelectorAll("[data-here][hidden]")) button.hidden = !navigator.geolocation;
  redraw();
  fit(map, layer.getLayers().length ? layer : drawn);
}

for (const host of document.querySelectorAll("[data-map]")) {
  const data = JSON.parse(document.getElementById(host.dataset.map).textContent);
  host.hidden = false;
  const map = makeMap(host, data);
  const form = host.dataset.draw ? document.getElementById(host.dataset.draw) : null;
  map.setView([-2.5, 118], 5);
  const drawn = show(map, data, Boolean(form));
  if (form) drawInto(map, form, drawn);
  else fit(map, drawn);
}
