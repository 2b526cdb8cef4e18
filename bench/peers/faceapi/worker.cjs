// @vladmandic/face-api on Node: SSD MobileNet (its default) or the tiny detector, 68 landmarks, descriptor; TensorFlow.js on
// WebAssembly with SIMD; photos decoded by sharp (libvips on libjpeg-turbo), the quickest decoder Node has.
// Reads lines "<ssd|tiny> <photo.jpg>" and answers each with one line of JSON; CPU is the whole process, user + system.
const { dirname, join } = require('node:path');
const { createInterface } = require('node:readline');
const tf = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');
const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
const sharp = require('sharp');

const folderOf = name => dirname(require.resolve(`${name}/package.json`));

async function recognize(detector, file) {
  const wall = performance.now(), cpu = process.cpuUsage();
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const decodeMs = performance.now() - wall;
  const photo = tf.tensor3d(data, [info.height, info.width, 3], 'int32');
  const options = detector === 'tiny' ? new faceapi.TinyFaceDetectorOptions() : new faceapi.SsdMobilenetv1Options();
  const face = await faceapi.detectSingleFace(photo, options).withFaceLandmarks().withFaceDescriptor();
  photo.dispose();
  const { user, system } = process.cpuUsage(cpu);
  return { faces: face ? 1 : 0, wallMs: performance.now() - wall, cpuMs: (user + system) / 1000, decodeMs };
}

async function main() {
  sharp.concurrency(1);
  wasm.setWasmPaths(join(folderOf('@tensorflow/tfjs-backend-wasm'), 'dist/'));
  if (!await tf.setBackend('wasm')) throw new Error('TensorFlow.js has no WebAssembly here');
  await tf.ready();
  const models = join(folderOf('@vladmandic/face-api'), 'model');
  for (const net of ['ssdMobilenetv1', 'tinyFaceDetector', 'faceLandmark68Net', 'faceRecognitionNet']) await faceapi.nets[net].loadFromDisk(models);
  for await (const line of createInterface({ input: process.stdin })) {
    const [detector, file] = line.split(' ');
    console.log(JSON.stringify(await recognize(detector, file)));
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
