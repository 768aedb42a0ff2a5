/* What the conversation needs to send photos and PDFs; fetched by widget.js when a question takes files.
 * The tools hang on this script's own element, so that the host page gets no new global name. */
(() => {
  "use strict";
  const LARGE = 1.5 * 2 ** 20, SIDE = 2600, QUALITY = 0.85; // a photo of print stays readable
  const THUMB = 220; // pixels of the preview's longest side
  const PATIENCE = 120000; // milliseconds for one file
  const SENDABLE = ["image/jpeg", "image/png"];

  /* A size as people read it: 1.2 兆, 38 KB. */
  const spoken = (size) => size < 100 * 1024
    ? `${Math.max(1, Math.round(size / 1024))} KB` : `${(size / 2 ** 20).toFixed(1).replace(".0", "")} 兆`;

  function drawn(bitmap, side) {
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff"; // what is transparent would turn black
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  /* {blob, preview} of a chosen file: photos made fit for a phone's line; or {problem}, a sentence. */
  async function prepare(file, allowed) {
    const most = (name, size, limit) => `“${name}”有 ${spoken(size)}，最多 ${limit} 兆。请拍小一点，或者分开传。`;
    if (!file.size) return { problem: `“${file.name}”是空的。请重新选一份。` };
    if (file.type === "application/pdf") {
      return file.size > allowed.pdf_megabytes * 2 ** 20
        ? { problem: most(file.name, file.size, allowed.pdf_megabytes) } : { blob: file };
    }
    let bitmap = null;
    if (file.type.startsWith("image/")) {
      try { bitmap = await createImageBitmap(file); } catch { /* no picture that this browser knows */ }
    }
    if (!bitmap) {
      return SENDABLE.includes(file.type) // the gateway says what is wrong with it
        ? { blob: file } : { problem: `“${file.name}”收不了。请传 JPG、PNG 照片或 PDF；Word 文档先另存为 PDF，或者直接拍照。` };
    }
    const preview = drawn(bitmap, THUMB); // a canvas: the host site may allow no other pictures
    let blob = file;
    if (file.size > LARGE || !SENDABLE.includes(file.type)) {
      const smaller = await new Promise((done) => drawn(bitmap, SIDE).toBlob(done, "image/jpeg", QUALITY));
      if (smaller && (smaller.size < file.size || !SENDABLE.includes(file.type))) blob = smaller;
    }
    bitmap.close();
    return blob.size > allowed.megabytes * 2 ** 20
      ? { problem: most(file.name, blob.size, allowed.megabytes) } : { blob, preview };
  }

  /* Sends one file; `progress` hears a share from 0 to 1. Resolves to {status, data}; rejects without a line. */
  function send(address, token, blob, signal, progress) {
    return new Promise((done, failed) => {
      const call = new XMLHttpRequest(); // fetch cannot tell how far an upload has come
      call.open("POST", address);
      call.timeout = PATIENCE;
      call.responseType = "json";
      call.setRequestHeader("Authorization", "Bearer " + token);
      call.setRequestHeader("Content-Type", blob.type);
      call.upload.onprogress = (event) => progress(event.loaded / (event.total || blob.size));
      call.onload = () => done({ status: call.status, data: call.response });
      call.onerror = call.ontimeout = call.onabort = () => failed(new Error("not sent"));
      signal.addEventListener("abort", () => call.abort());
      call.send(blob);
    });
  }

  document.currentScript.tools = { prepare, send, spoken };
})();
