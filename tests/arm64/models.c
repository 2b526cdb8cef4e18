// Runs the product's models on a photo and writes what they answer as raw float32: once on this machine, once for arm64 under
// emulation, so that the two can be compared. The codec is loaded by name as the product does it.
// usage: models PHOTO.jpg MODELS_FOLDER OUTPUT
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnxruntime_c_api.h"

static const OrtApi *ort;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "models: %s: %s\n", what, why);
  exit(1);
}

static void check(OrtStatus *status) {
  if (status) fail("ONNX Runtime", ort->GetErrorMessage(status));
}

typedef struct { int width, height; unsigned char *rgb; } Photo;

// TurboJPEG's API, stable since version 1.2; flags 0, pixel format TJPF_RGB = 0.
static Photo decode(const char *path) {
  void *library = dlopen("libturbojpeg.so.0", RTLD_NOW);
  if (!library) fail("codec", dlerror());
  void *(*init)(void) = dlsym(library, "tjInitDecompress");
  int (*header)(void *, const unsigned char *, unsigned long, int *, int *, int *, int *) = dlsym(library, "tjDecompressHeader3");
  int (*decompress)(void *, const unsigned char *, unsigned long, unsigned char *, int, int, int, int, int) = dlsym(library, "tjDecompress2");

  FILE *file = fopen(path, "rb");
  if (!file) fail(path, "can not be opened");
  static unsigned char bytes[20 << 20];
  size_t length = fread(bytes, 1, sizeof bytes, file);
  fclose(file);

  Photo photo;
  int subsampling, colours;
  void *codec = init();
  if (header(codec, bytes, length, &photo.width, &photo.height, &subsampling, &colours)) fail(path, "no JPEG");
  photo.rgb = malloc(3UL * photo.width * photo.height);
  if (decompress(codec, bytes, length, photo.rgb, photo.width, 0, photo.height, 0, 0)) fail(path, "can not be decoded");
  return photo;
}

// One model's input shape and how it takes its values (models are described in docs and src/FaceEdge/Vision).
typedef struct { const char *file; int channels, height, width; float mean, divisor; } Model;
static const Model models[] = {
  { "ultraface.onnx", 3, 240, 320, 127, 128 },
  { "ultraface.onnx", 3, 120, 160, 127, 128 }, // the quick look
  { "onet.onnx", 3, 48, 48, 0, 1 },
  { "fr_landmark.onnx", 1, 64, 64, 0, 256 },
  { "fr512.onnx", 3, 112, 112, 0, 1 },
  { "mfn192.onnx", 3, 112, 112, 0, 1 },
  { "dlib128.onnx", 3, 150, 150, 0, 1 },
};

static void run(const Model *model, const char *folder, const OrtEnv *env, const Photo *photo, FILE *output) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, model->file);
  OrtSessionOptions *options;
  check(ort->CreateSessionOptions(&options));
  check(ort->SetIntraOpNumThreads(options, 1));
  OrtSession *session;
  check(ort->CreateSession(env, path, options, &session));

  // The whole photo at the model's size, nearest pixel: what the models see matters less than that both machines see the same.
  size_t count = (size_t)model->channels * model->height * model->width;
  float *input = malloc(count * sizeof *input), *at = input;
  for (int channel = 0; channel < model->channels; channel++)
    for (int y = 0; y < model->height; y++)
      for (int x = 0; x < model->width; x++)
        *at++ = (photo->rgb[3UL * ((size_t)y * photo->height / model->height * photo->width + (size_t)x * photo->width / model->width) + channel]
                 - model->mean) / model->divisor;

  OrtMemoryInfo *memory;
  check(ort->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory));
  int64_t shape[] = { 1, model->channels, model->height, model->width };
  OrtValue *tensor = NULL;
  check(ort->CreateTensorWithDataAsOrtValue(memory, input, count * sizeof *input, shape, 4, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &tensor));

  OrtAllocator *allocator;
  check(ort->GetAllocatorWithDefaultOptions(&allocator));
  char *input_name;
  check(ort->SessionGetInputName(session, 0, allocator, &input_name));
  size_t outputs;
  check(ort->SessionGetOutputCount(session, &outputs));
  for (size_t i = 0; i < outputs; i++) {
    char *output_name;
    check(ort->SessionGetOutputName(session, i, allocator, &output_name));
    OrtValue *answer = NULL;
    check(ort->Run(session, NULL, (const char *const *)&input_name, (const OrtValue *const *)&tensor, 1, (const char *const *)&output_name, 1, &answer));
    OrtTensorTypeAndShapeInfo *info;
    check(ort->GetTensorTypeAndShape(answer, &info));
    size_t values;
    check(ort->GetTensorShapeElementCount(info, &values));
    float *data;
    check(ort->GetTensorMutableData(answer, (void **)&data));
    fwrite(data, sizeof *data, values, output);
    printf("models: %s %s: %zu values\n", model->file, output_name, values);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) fail("usage", "models PHOTO.jpg MODELS_FOLDER OUTPUT");
  const OrtApiBase *base = OrtGetApiBase();
  ort = base->GetApi(17); // far older than the header: everything used here is in it
  if (!ort) fail("ONNX Runtime is older than its header", base->GetVersionString());
  OrtEnv *env;
  check(ort->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "models", &env));
  Photo photo = decode(argv[1]);
  FILE *output = fopen(argv[3], "wb");
  if (!output) fail(argv[3], "can not be written");
  fwrite(&photo.rgb[0], 3, (size_t)photo.width * photo.height / 4 * 4, output); // the pixels too: a multiple of four bytes
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) run(&models[i], argv[2], env, &photo, output);
  fclose(output);
  return 0;
}
