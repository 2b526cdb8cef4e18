// What Python's `face_recognition` runs for a photo, without Python: dlib's HOG detector, the shape predictor of 68 points, the
// face chip and the ResNet of 29 layers. The trained files are not to be had from a registry, so the predictor and the network are
// built in their true size with random numbers: the work is the same, the descriptors mean nothing.
//
// Reads lines "<upsamplings> <photo.jpg>" from standard input and answers each with one line of JSON; times in milliseconds of CPU
// (the whole process, user + system), `wallMs` on the clock.
#include <dlib/dnn.h>
#include <dlib/image_io.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <random>
#include <sstream>

#include "resnet.h"

namespace {

double cpu_ms() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

double wall_ms() {
    using namespace std::chrono;
    return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

// The size of shape_predictor_68_face_landmarks.dat: 15 cascades of 500 trees of depth 5 (16 leaves), 500 pixels looked at in each.
dlib::shape_predictor random_predictor() {
    constexpr int points = 68, cascades = 15, trees = 500, leaves = 16, pixels = 500;
    std::mt19937 random(1);
    std::uniform_real_distribution<float> unit(0, 1), threshold(-64, 64), step(-1e-4f, 1e-4f);
    std::uniform_int_distribution<unsigned long> pixel(0, pixels - 1);

    dlib::matrix<float, 0, 1> shape(2 * points);
    for (auto& value : shape) value = unit(random);

    std::vector<std::vector<dlib::impl::regression_tree>> forests(cascades, std::vector<dlib::impl::regression_tree>(trees));
    for (auto& forest : forests) {
        for (auto& tree : forest) {
            tree.splits.resize(leaves - 1);
            for (auto& split : tree.splits) split = {pixel(random), pixel(random), threshold(random)};
            tree.leaf_values.resize(leaves);
            for (auto& leaf : tree.leaf_values) {
                leaf.set_size(2 * points);
                for (auto& value : leaf) value = step(random);
            }
        }
    }

    std::vector<std::vector<dlib::vector<float, 2>>> coordinates(cascades, std::vector<dlib::vector<float, 2>>(pixels));
    for (auto& cascade : coordinates)
        for (auto& point : cascade) point = {unit(random), unit(random)};
    return {shape, forests, coordinates};
}

// HOG's boxes in the photo's coordinates, looked for after enlarging the photo as often as told (face_recognition's default: once).
std::vector<dlib::rectangle> detect(dlib::frontal_face_detector& detector, const dlib::array2d<dlib::rgb_pixel>& photo, int upsamplings) {
    if (upsamplings == 0) return detector(photo);
    dlib::pyramid_down<2> pyramid;
    dlib::array2d<dlib::rgb_pixel> enlarged, smaller;
    dlib::pyramid_up(photo, enlarged, pyramid);
    for (int i = 1; i < upsamplings; i++) {
        swap(enlarged, smaller);
        dlib::pyramid_up(smaller, enlarged, pyramid);
    }
    std::vector<dlib::rectangle> boxes = detector(enlarged);
    for (auto& box : boxes) box = pyramid.rect_down(box, upsamplings);
    return boxes;
}

}  // namespace

int main() try {
    dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
    const dlib::shape_predictor predictor = random_predictor();
    anet_type net;
    dlib::array2d<dlib::rgb_pixel> photo;
    dlib::matrix<dlib::rgb_pixel> chip;

    for (std::string line; std::getline(std::cin, line);) {
        int upsamplings;
        std::string path;
        std::istringstream(line) >> upsamplings >> path;

        const double wall = wall_ms(), start = cpu_ms();
        dlib::load_jpeg(photo, path);
        const double decoded = cpu_ms();
        const std::vector<dlib::rectangle> boxes = detect(detector, photo, upsamplings);
        const double detected = cpu_ms();
        // The encoder's cost does not depend on whether there is a face: without one it gets the middle of the photo.
        const dlib::rectangle box = boxes.empty() ? dlib::centered_rect(dlib::center(dlib::get_rect(photo)), photo.nr() / 3, photo.nr() / 3) : boxes[0];
        const dlib::full_object_detection landmarks = predictor(photo, box);
        // The random landmarks are looked for and left; the chip is cut by the box, which costs the same.
        dlib::extract_image_chip(photo, dlib::chip_details(box, dlib::chip_dims(150, 150)), chip);
        const double aligned = cpu_ms();
        const dlib::matrix<float, 0, 1> descriptor = net(chip);
        const double encoded = cpu_ms();

        std::printf(
            "{\"faces\":%zu,\"wallMs\":%.3f,\"cpuMs\":%.3f,\"decodeMs\":%.3f,\"detectMs\":%.3f,\"landmarksMs\":%.3f,\"encodeMs\":%.3f,"
            "\"landmarks\":%lu,\"norm\":%.6g}\n",
            boxes.size(), wall_ms() - wall, encoded - start, decoded - start, detected - decoded, aligned - detected, encoded - aligned,
            landmarks.num_parts(), static_cast<double>(dlib::length(descriptor)));
        std::fflush(stdout);
    }
} catch (const std::exception& error) {
    std::cerr << "dlib_peer: " << error.what() << '\n';
    return 1;
}
