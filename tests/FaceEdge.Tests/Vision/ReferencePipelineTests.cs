using System.Runtime.InteropServices;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>
/// The whole pipeline against one that shares no code with it: Pillow decoding, OpenCV 4.6 (dnn.readNetFromONNX for the three models as their
/// packages ship them, resize, warpAffine), and numpy for the fit of the points, both looks of the encoder (numpy.fliplr, rows from the second on)
/// and their sum. The encodings are kept as signed bytes (the largest is 127), which changes their direction by a cosine below 0.00004. The
/// first look alone would be at 0.9915 to 0.9935.
/// </summary>
public class ReferencePipelineTests
{
    public static TheoryData<string, int, float[], float[], string> References => new()
    {
        {
            "franck_02159.jpg", 1,
            [292.7f, 131.8f, 526.4f, 486.1f],
            [364.6f, 273.7f, 477.0f, 258.6f, 439.3f, 326.7f, 377.3f, 394.2f, 491.4f, 380.7f],
            "ChYK0Ajr5AkDGDAZDAnR5K3jIQzkvQgG5ARw0Q/73BEg/E/r+ukJAekU9QQBBiHwHBrmEBUCDi4DxQ77MfrCK/QF/wv5EP0uMvwjNevZ6NkJEQUFKw"
            + "wDCxb9LRhNA/GfxxX+OCsAAAEG0woYuufHA9oIHQYa9RIl9MQ33C77IQz4HhHb/soXAcjqsPswDlLxMU7uA+X7CwOy9xkiGtUcP7gtBBcIDK39Fvve"
            + "GO3zFzf9GVoqHgkDIObuGgjy7uT/2yUHFgopPADi/wQbGRBDDwM35i//Hh3yDCT7/xnayuwTRvwB0fE29g8y+uvzCg3TFQgR2E0RGNApIxQT5wT/69"
            + "zgDSXE/tsW5+HdDgT+8QI72SXJ3er24WgE9Af/9NEY5esf7gPzM91F4PMLw9MCEiLkA80X/940+wHYO+P2FxDyBRTN8OO2DUDn7SUP8Lrg2gTw+TMc"
            + "IQIU7RnMMv8XAffV2BL18wci/gf5JhwfmvIz//oiBgXimrXuDvypJS7Q87zT+SD7aecY8PHY3hIkSAnV/wz90vgiBBq2Ii79AN4KDxDs8RDxBtsBIc"
            + "nwBxYwKA7kFAQZAAwUHvsZvDrlsgTiDX8YSPjj/+ss4/gFLBQQBu3e5UfiBRDVJRzEBxcf3PBRFPz0HRLyCdf4MgMf7QMYvAQSGAMe5h3r9/z289Q="
        },
        {
            "audrey.jpg", 1,
            [154.6f, 153.1f, 392.7f, 475.2f],
            [227.7f, 280.0f, 350.4f, 284.1f, 292.8f, 356.7f, 244.9f, 404.2f, 330.3f, 407.5f],
            "8FRa4aUS9NslGg8kkg8iLc8u2xHRDPks3xCj1e4VJCAU/RgQkwKYLssCRrflJwP4FB37ATQP2PrbKsbcFTgYHDE4Ld41z6Qr0s4XHM7GDf8jsy/W6Q"
            + "kPIAA5IyzOyy29/yZOM/nd/TQeB+oG/8YCSwweHAb56vkp5R8qxBI0+fUwvj4eBgIaN7tF9RYKJA4PzyQDAPEXLhYX+6cfDf8oNgK2FAIe5E8n5csa"
            + "GMfY4tpcFMkSDfIZJFAA194q0Pfd6jQJCvdH+AES7vH00fHYLBTLAvHtFzcp2vnb0FIG29TnBPPlAdv9WigURBobEScpBusY/jtq9RfyIRur4xwV2O"
            + "IKAOIoyk4D/ynpnuNsxvJBGNwQVRv1s/Sz9yHg+S/21Ar+/vcy09oUQzER3Q5OJhgi0gAh9e8DDBAhBgI5y7crMAjfCNrIwDQGpdIABvA2TPwW6xBK"
            + "RT3X+kL1SgMO3CAiE/cTFgHWEuc44BPmNhkOH9lZ9fHbDO0J77bPvM7xSSM2DEBC6boVCEX/BwzDJwbcGv0f80APOQMMThH5AUoN2S4TUgMTDf8G5+"
            + "b3+PkYC+T6/vaznNDP1AQfAQQs/yLKGruzAfg7+9b47Aby5M0M7BSBKdMquQsKKQn1z/q1EPRAChXKIv8m7tUdjunmTFFP4BD7Ivc64Qkb+RX4bQ8="
        },
        {
            "sample6.jpg", 4,
            [1478.8f, 252.2f, 1699.8f, 553.6f],
            [1533.4f, 372.1f, 1627.3f, 392.1f, 1556.7f, 452.3f, 1520.2f, 475.0f, 1594.8f, 491.3f],
            "9RD57A609QTNDfn6EefjK8rQKBk0GB7+AOrrKwkoGLIK9UUS+eYM/QoI7/AU3fgHNSDwA9j85jv69t7YBgYJCSQ1JiDry7sy8wwD+x71HwHI/Ccs7S"
            + "EnAen8AxUaIfUGLRU2FoHzBuT289Es5+68PNvMyQruUwHr2hbQ5htE0d/NHO4kKvoU7M38GBnhJ/7a5xIhAf3/Hw5F9hIjH/Mh7O4NLOAG0gH5Gr7q"
            + "G/03/hY55UQI6wxAEdH53gfS2SoZBQkFy/cZsf3ID/gC8PsJxPQc8SAq8UHvv+gY9NkrKCQBFBsbQg76/RkvFQ0D++3VJQHtPxQr6SheAsDX6/U31w"
            + "sS9S744QrzGQce4uLqFBoC/PBR7s0uAAIaKRvW+NsPBP7lvCDnF84w/ckE+vva//0bs66v4QAn9V39FSnz/93uGSsEAOrK5fMr/v4GFjn1q+794eQB"
            + "9SIlFewXLSReEhUeFez8KBvpGQ4MyN7jGgL79uLG8BYT9NE65sQZJe4RAxT4Dt7T+zYJAAHjAuwjIhDvCB7rtM76EwII2xqOERoQBxsI4u0t3A359u"
            + "4SDvH67qqrDSMfCuUPDucj4B0zvgLXRjfzLucG9NTtHNXy/uYsH/QVLt4B8+ATFfVXzwQI8TA69x4A0DL88BIB4UgKDAsw9ulc7v7SN+wP/gu+KE4="
        },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void TheEncodingIsThatOfTheReference(string photo, int faces, float[] box, float[] fivePoints, string encoding)
    {
        using var image = Photos.Load(photo);
        // The reference has only the look at 320x240; what the quick look changes, QuickLookTests say.
        using var analyzer = FaceAnalyzer.Load("", new VisionOptions { QuickLook = false });
        var face = analyzer.AnalyzeSubject(image, out var found);
        Assert.NotNull(face);
        Assert.Equal(faces, found);
        // Within 1 % of the face's height: the reference rounds the landmark square to whole pixels.
        var tolerance = (box[3] - box[1]) / 100;
        Assert.All(
            box.Zip([face.Box.X1, face.Box.Y1, face.Box.X2, face.Box.Y2]),
            pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
        Assert.All(fivePoints.Zip(face.FivePoints), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
        var reference = MemoryMarshal.Cast<byte, sbyte>(Convert.FromBase64String(encoding)).ToArray().Select(v => (float)v).ToArray();
        FaceEncoder.Normalise(reference, reference);
        Assert.InRange(Photos.Cosine(face.Encoding, reference), 0.995f, 1.0001f);
    }
}
