// Reading a QR code with the camera, by the browser's own BarcodeDetector. Where there is none, people type or paste.

const LOOK_MS = 250;

/** Whether this browser can read QR codes. */
export async function canScan() {
  if (!globalThis.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

/** Show the camera in `video` and hand each code that is read to `take`, once; resolves with a function that ends it.
 *
 * Rejects when the camera is not allowed or not there.
 */
export async function startScan(video, take) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  video.srcObject = stream;
  await video.play();
  let last = "";
  const timer = setInterval(async () => {
    try {
      for (const { rawValue } of await detector.detect(video)) {
        if (rawValue === last) continue;
        last = rawValue;
        take(rawValue);
      }
    } catch {
      // A frame that could not be read; the next one comes.
    }
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

/** Wire the button of a page that starts and ends the camera; hides it where nothing can be read. */
export async function wireScan(root, take, onFault) {
  const button = root.querySelector("[data-scan]");
  const video = root.querySelector("[data-video]");
  if (!button) return;
  button.hidden = !(await canScan());
  let stop = null;
  button.addEventListener("click", async () => {
    if (stop) {
      stop();
      stop = null;
      video.hidden = true;
      return;
    }
    try {
      video.hidden = false;
      stop = await startScan(video, (text) => {
        if (take(text)) {
          stop?.();
          stop = null;
          video.hidden = true;
        }
      });
    } catch {
      video.hidden = true;
      onFault?.();
    }
  });
}
