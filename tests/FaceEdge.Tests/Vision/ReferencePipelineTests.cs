using System.Runtime.InteropServices;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Vision;

/// <summary>
/// The whole pipeline against one that shares no code with it: Pillow decoding, OpenCV 4.6 (dnn.readNetFromONNX for the three models,
/// resize, warpAffine), scikit-image's SimilarityTransform, numpy. The encodings are kept as signed bytes (the largest is 127), which
/// changes their direction by a cosine below 0.00004.
/// </summary>
[Collection("models")]
public class ReferencePipelineTests(Models models)
{
    public static TheoryData<string, int, float[], float[], string> References => new()
    {
        {
            "franck_02159.jpg", 1,
            [292.7f, 131.8f, 526.4f, 486.1f],
            [364.6f, 273.7f, 477.0f, 258.6f, 439.3f, 326.7f, 377.3f, 394.2f, 491.4f, 380.7f],
            "BhcQ0gLr5QgHEzIXDwzV6bDkJgnkwQ4B7Atx0hAA4Awf/Ubw8O0NAekX8wYFBRfsHxXiGBT/ES8Bxg7+M/3GLfH/+QEBGPwrKf0pNOjc7dkEE/sVLA"
            + "0JCRoBLCBIBfKdzxD/NigB/P8F1AkVxOjRBdsFHwAe7xAs+r8z4Sz5IQ31Hwve/8Yi/9HlsP80D0z1MlXvBOb5EAOv+xUZE9QdQ7wyARIKCK/9Dv7c"
            + "EfH8FDX8GFUkHwgEIOvvGgfz7ucF2iYGEwgnNgDg+gEYGRE3EgYx6zH/HhbvDif1/xzb1OwTQggFze0w9gsw++zyBhDaDQcR1UYVFtEoKRIZ7/0F7d"
            + "rcDjHGAtgU5N3kDwb88QIy5CLI4en442IF9A399NEU6Ood6wPsKNJG3vULxNT5Dh/lDdAW/d49+/3YOebzHQ33Cw7R9+G3Djnq7x8K8L/g3P729zAW"
            + "Gv8a8RjQOP4Q/vbM1xP27AwhAAD2Ix8dnfcy/PYkBwfkmcLhCfymJzTW8cLT+iP4ZOgS8fTY4xchSAjUAggB0f4eBhG1IjDzBdYHEg7v7QfzDdsBI8"
            + "v0BRAyIQ7nEAEc/goREvcctzbluQXoDH8aSvjk/e8r4PkMJhgO+unh5EfjAxDdJyHKBxUc3u9JEgH3IhH2CNjyMAQc6vgNxgcZGAMZ6Rvv+P358dQ="
        },
        {
            "audrey.jpg", 1,
            [154.6f, 153.1f, 392.7f, 475.2f],
            [227.7f, 280.0f, 350.4f, 284.1f, 292.8f, 356.7f, 244.9f, 404.2f, 330.3f, 407.5f],
            "61NX5KcV+OAlHhIrlg0uK9Q22w/SFPcs3Aqk1fIYLx0S9RcRjwqRLtADRMfqKPz4Dxb7ADgO3vzcK8XgGjQYGS5ALdo8y6Mm0MwgHcvNDQQdvinQ+A"
            + "YPHvdBLjDS0i28/iNSPPrj+zoUC/AE/b4FSAgdIAnx6QAj6SEnxRE38/gwuEIdCvwbP71L9hIFHhASyigLAvQaLBEb8qcbC/0qMwSzCwEf5Uok3NIY"
            + "GMvZ3dhfDccTEPITIFME4OEwxvHX7TwLBftG/AEV8O/6zfnVJw3F/OvpGzUm2PTczlQH3M7kCPLpAd/+YSUMPR4ZDCQ2Au4Y/zpr9xjrJRuu3xoT1O"
            + "AM/94lyVQD+ynwmeF0zO1AG9cOWBfytPWt+xni+jD41RL+AfUwxNwYQiwO3xFJKRom0gQp7/MLDA8kCwM6zLwsLgfiBeTIvjQDqc39//M+U/YV7xJS"
            + "SkDe9UnyT/sR1R4aEu8aEAPWD+Y66RTpPhUOIdhc9vTZCfT84rPLwsz0VCQzFkBI6roTBEgEDQjBJf3WHfwk8kYSPQEIUBL+AU0O1jMXWAgZEPwH5+"
            + "j89/QVCuEEAPe3mNPK0AMiAQsjBR3MHMe2/vw19dzx7wXo7c8J8hKBINgttBELMQn0xQGtEfNDCBTBKP4q79chmevvUlJC4Qn+Hfg13Akb8xP6ZxA="
        },
        {
            "sample6.jpg", 4,
            [1478.8f, 252.2f, 1699.8f, 553.6f],
            [1533.4f, 372.1f, 1627.3f, 392.1f, 1556.7f, 452.3f, 1520.2f, 475.0f, 1594.8f, 491.3f],
            "9hj88A629QPLDvr3DvLiKcXVJxg4Fhv/A/TnKgspHbQF8UEQ9usNAAYC7PoO2PsGMB/1AtYE5zr/9tfPAwgHCyQ3JCTqx7Yv9AkD/B76F//F+Ckq5y"
            + "Iq+uL2ARoYHvgBKxQ8GYH5BeTx8dMq4vi8Nd3LyQ7sUQDn3iHV4RpG1eDOHfEdLP4Q7M4CIQ7eKvrg6RIdAfzzFgdB8hMgIPAe4fMKKd8E0gX+H7v0"
            + "Ff4x/Ro14D8F6Qw6FNP+5AbN3CUaAgYAzfYWtvnGE/MB6/kIyO4b8R4n7T31uuIZ/twuKSQBFyATRgj1+x0oGw0J/fPYIwPtRBQs6ipfAMDU7vA21w"
            + "oW7Cf85A34Hg8f3OXnFRwJAvNH680t/QIYLRnS/NkMBQPwvyLlGM49/sYI/P7d/QAbrLOy4AAk9mH8GSf1++HpFysD+u/O4vknA/4EFznyqe3z3eL+"
            + "+yEeFuoYJBtWDhQgHO/3JRDrFw4OyOHkGAT6+eTK6RcS8tAy7M0iJPMUABb8C+XR+TIOBQPiCPIgHRDxCyPlxs//EgAH3ROVEy0MDRYL4u4x2hH4+f"
            + "IVDu/89rC1DycaBuoMCtwj3h0wuQbNQzXsMOgB8NntINP4CeYoIPoRLN8G+94PE/1W0Q0G5y448h37zi/88w395EMGEQwo8+hl8frSMukL+wy1Jko="
        },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void TheEncodingIsThatOfTheReference(string photo, int faces, float[] box, float[] fivePoints, string encoding)
    {
        using var image = Photos.Load(photo);
        var face = models.Analyzer.AnalyzeSubject(image, out var found);
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
