using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using FaceEdge.Tests.Vision;
using FaceEdge.Vision;

namespace FaceEdge.Tests.ModelBuilder;

/// <summary>
/// The built models against programs that share no code with the maker or with ONNX Runtime, on three real faces (see
/// <see cref="BuiltModels.Cut"/>). Encodings are kept as signed bytes, the largest 127, which turns them by a cosine below 0.00004.
/// </summary>
public class ReferenceTests
{
    // photo, left, top, side of the face.
    private static readonly (string Photo, int Left, int Top, int Side)[] Faces =
        [("franck_02159.jpg", 242, 101, 359), ("audrey.jpg", 94, 102, 390), ("sample6.jpg", 1428, 241, 305)];

    /// <summary>TensorFlow Lite's own interpreter (npm @tensorflow/tfjs-tflite 0.0.1-alpha.10, XNNPACK) on MobileFaceNet.tflite, (x - 127.5) / 128.</summary>
    private static readonly string[] Mfn192 =
    [
        "+AD+DQIa6UXmYfv/AvcA4/cBAAQYBtAAqwAA4xv2/jo0/kqBCQn/4AEAAAL+8xDYAfELAUYB+QDX/wv97SbD8vn9/hIFAf1kOvdR+wQA7CEB3/"
            + "/LCv//10f3Ev75/svv++AABgD9/gEA/+0A/vnp/gHp/ZoF9hInGQH+//0A/gP6JAD9/g4JBk4vAwED/wHqUyj8+/0DAiHHBPwBAfoTAP4CAAEF"
            + "/QAC/fzuEgBCJwAICAEBEQT/AjoV/f7tSAH/",
        "A/8C/wPt4Rbq4fwA/fsCKQEAAQQE+yID1gMA7g4x/iH5/yfeDwQB/AUBBPwD8f4f/gfj/9P/3ADrAAT+7grqGfk8AAQEAgAU8v/A//4AOuz//v"
            + "+yMQD84hEU/wIC+QPsFwP/BgH/Af4CAhAAAAFpAgMj/PUBAf9TvPsBAAD//P7/wQECAfjrAB0BA/wC/wFT1+r8/Pv+/vUWAQEF/P4EAQIAAgAB"
            + "APp/Af4YDADWDAAR/gECNOABATbs2xgABP77",
        "/wED/P7lARQFH/3+/wECFQP//v8RDBkBswL85goPAhLc/zQJ7/wAgQMAA/0B++DjAQ7E/w4BDQTMAPoD9dQfxf0KAAj/AP4uEAW9AvsAFDkACv"
            + "4W9/4A5PxCAQMD+7bcE2L+/v/9A/4A//T//AH//gDz/xYD+xwO5ABR/wD//f3+0gL///sPABsNAQICAQHc7P8B/P78/gQc/QAD/wXbAgEB/QED"
            + "AP4v/gLnLf/47gDx9gACHyYBAS4m5vxX9PsC",
    ];

    /// <summary>TensorFlow.js (CPU backend, as bundled with face-api 1.7.15) on face-api's FaceRecognitionNet, fed so that its division by 255 gives dlib's by 256; the length, then the direction.</summary>
    private static readonly (float Length, string Direction)[] Dlib128 =
    [
        (1.365268f, "2CIN9vH/DfQv8EX8oPMfFs7KyOcIA/0Y5YHi6Sjx7ArK2x8U6OQ87cTpImg2HP3zF60mR0I+LsIVLs0J/u75z0YWzdMVzeUi07+rEHdJr/326R"
            + "go2gTsBTAE8z4FAgoX4/rP9BXt8R62QQ4EBvTx9yeROFEBM/4KBe/B4CLx/fk="),
        (1.366766f, "8BECBOXr/N9E6Tfsufj9MNTK6eQWCu4d2Kzm1Q7Q5CLX7RkF8ehFDLjtFFtBE/3dNb8HQiEgG8X/J7sWGd734U8U19gry9kX0remB38szx3/6h"
            + "wr5Qvx/0b8AzriBfkI2wTc5Q30CybFJ/wA5e3fCi2tRCccIwsGAeu/9i/4F/s="),
        (1.315429f, "3xsUAebwBfAk8kv2uPkBHN3s4/IRCv4h7qLk6g7m8CHs8hIR+fM28c/uIF4wBQ3sCscKMjAgFNT/JdoiFdzy4E0czN4czOEc1cbHC38yvQTp6h"
            + "Ys4gLpDzwAA0IGAgYE8//e+AjQAw/ELQkKEQLl+zizMiwbKAooCOng/RvoE/o="),
    ];

    /// <summary>The same interpreter on onet.tflite, rows and columns swapped: probability of a face, box offsets, landmarks x0..x4, y0..y4.</summary>
    private static readonly float[][] Onet =
    [
        [1.0000f, 0.0743f, 0.0344f, -0.1883f, 0.1027f, 0.3282f, 0.6568f, 0.5528f, 0.3600f, 0.6943f, 0.4776f, 0.4327f, 0.6557f, 0.8233f, 0.7832f],
        [0.9312f, 0.1598f, 0.1017f, -0.1637f, -0.0009f, 0.3380f, 0.6608f, 0.5105f, 0.3575f, 0.6259f, 0.4292f, 0.4526f, 0.6603f, 0.7807f, 0.7899f],
        [0.9978f, 0.1610f, 0.0338f, -0.1292f, 0.0377f, 0.3429f, 0.6697f, 0.4314f, 0.2901f, 0.5777f, 0.4331f, 0.4943f, 0.6918f, 0.7814f, 0.8312f],
    ];

    [Fact]
    public void Mfn192IsTheTfLiteNetwork()
    {
        var found = Run("mfn192", 112, ("output", 192))[0];
        for (var i = 0; i < Faces.Length; i++)
        {
            Assert.InRange(Cosine(found.AsSpan(192 * i, 192), Mfn192[i]), 0.9999f, 1.0001f);
        }
    }

    [Fact]
    public void Dlib128IsTheTfjsNetworkInDlibsScale()
    {
        var found = Run("dlib128", 150, ("output", 128))[0];
        for (var i = 0; i < Faces.Length; i++)
        {
            var encoding = found.AsSpan(128 * i, 128);
            Assert.InRange(Cosine(encoding, Dlib128[i].Direction), 0.9999f, 1.0001f);
            Assert.Equal(Dlib128[i].Length, TensorPrimitives.Norm<float>(encoding), 1e-3);
        }
    }

    /// <summary>The detector's model as its package ships it, with the last layers that the daemon does itself; float for float they may differ in the last digit.</summary>
    [Theory]
    [InlineData("sample6.jpg")]
    [InlineData("franck_02159.jpg")]
    public void UltraFaceProposesWhatThePackagesModelProposes(string photo)
    {
        using var image = Photos.Load(photo);
        var view = RgbView.Of(image);
        var look = Look.Whole(view);
        using var model = BuiltModels.Load("ultraface");
        using var detector = new FaceDetector(model);
        FaceBox[] found = [.. detector.Detect(view, look, 0.05)];

        using var original = OnnxModel.Load("original", File.ReadAllBytes(BuiltModels.Source("faceplugin-face-recognition-js/model/fr_detect.onnx")), 1);
        using var run = new ModelRun(original, "input", 1, 3, 240, 320);
        var scores = run.BindOutput("scores", 1, 4420, 2);
        var boxes = run.BindOutput("boxes", 1, 4420, 4);
        detector.Input.CopyTo(run.Input);
        run.Run();
        List<FaceBox> expected = [];
        for (var i = 0; i < 4420; i++)
        {
            var onCanvas = new FaceBox(
                320 * boxes[4 * i], 240 * boxes[(4 * i) + 1], 320 * boxes[(4 * i) + 2], 240 * boxes[(4 * i) + 3], scores[(2 * i) + 1]);
            if (onCanvas.Score >= 0.05f && FaceDetector.TryPlace(onCanvas, look, look.On(320, 240), out var inImage))
            {
                expected.Add(inImage);
            }
        }
        NonMaxSuppression.Apply(expected, FaceDetector.SameFaceOverlap);
        Assert.Equal(expected.Count, found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            Assert.Equal(expected[i].Score, found[i].Score, 1e-5);
            Assert.InRange(expected[i].OverlapWith(found[i]), 0.9999f, 1.0001f);
        }
    }

    /// <summary>One model takes canvases of any size, one after the other, and a face is where it was.</summary>
    [Fact]
    public void UltraFaceTakesOtherSizes()
    {
        using var image = Photos.Load("franck_02159.jpg");
        var view = RgbView.Of(image);
        using var model = BuiltModels.Load("ultraface");
        using var own = new FaceDetector(model);
        var face = own.Detect(view, Look.Whole(view), 0.65)[0];
        foreach (var (width, height) in ((int, int)[])[(160, 120), (320, 192), (224, 168), (161, 119)])
        {
            using var other = new FaceDetector(model, width, height);
            Assert.InRange(other.Detect(view, Look.Whole(view), 0.65)[0].OverlapWith(face), 0.7f, 1);
            Assert.InRange(own.Detect(view, Look.Whole(view), 0.65)[0].OverlapWith(face), 0.9999f, 1.0001f);
        }
    }

    [Fact]
    public void OnetTakesUprightFaces()
    {
        var found = Run("onet", 48, ("prob", 2), ("reg", 4), ("landmarks", 10));
        for (var i = 0; i < Faces.Length; i++)
        {
            float[] all = [found[0][(2 * i) + 1], .. found[1].AsSpan(4 * i, 4), .. found[2].AsSpan(10 * i, 10)];
            Assert.All(Onet[i].Zip(all), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        }
    }

    /// <summary>The original network fed as it was trained, blue first and scaled, gives the same to the sixth digit.</summary>
    [Fact]
    public void Fr512IsTheNetworkOfItsPackage()
    {
        var found = Run("fr512", 112, ("output", 512))[0];
        using var original = OnnxModel.Load(
            "original", File.ReadAllBytes(BuiltModels.Source("faceplugin-face-recognition-js/model/fr_feature.onnx")), 1);
        using var run = new ModelRun(original, "input", 1, 3, 112, 112);
        var expected = run.BindOutput("output", 1, 512);
        const int plane = 112 * 112;
        var rgb = new float[3 * plane];
        for (var i = 0; i < Faces.Length; i++)
        {
            var (photo, left, top, side) = Faces[i];
            BuiltModels.Cut(photo, left, top, side, side, 112, 112, rgb);
            for (var at = 0; at < rgb.Length; at++)
            {
                run.Input[((2 - (at / plane)) * plane) + (at % plane)] = (rgb[at] - 127) / 128;
            }
            run.Run();
            var length = TensorPrimitives.Norm<float>(expected);
            Assert.All(expected.Zip(found[(512 * i)..]), pair => Assert.Equal(pair.First / length, pair.Second / length, 1e-5));
        }
    }

    /// <summary>Runs a model on all faces as one batch; the outputs in the order asked for.</summary>
    private static float[][] Run(string recipe, int side, params (string Name, int Length)[] outputs)
    {
        using var model = BuiltModels.Load(recipe);
        using var run = new ModelRun(model, "input", Faces.Length, 3, side, side);
        var found = Array.ConvertAll(outputs, o => run.BindOutput(o.Name, Faces.Length, o.Length));
        for (var i = 0; i < Faces.Length; i++)
        {
            var (photo, left, top, size) = Faces[i];
            BuiltModels.Cut(photo, left, top, size, size, side, side, run.Input.AsSpan(3 * side * side * i, 3 * side * side));
        }
        run.Run();
        return found;
    }

    private static float Cosine(ReadOnlySpan<float> encoding, string reference)
    {
        var expected = Array.ConvertAll(MemoryMarshal.Cast<byte, sbyte>(Convert.FromBase64String(reference)).ToArray(), v => (float)v);
        return TensorPrimitives.CosineSimilarity(encoding, expected);
    }
}
