using System.Numerics;

namespace FaceEdge.Evaluation.Covers;

/// <summary>Changes the light of a photo.</summary>
internal static class Lights
{
    private const float Gamma = 2.2f;

    /// <summary>Over-exposed: so many stops more light, of which the sensor tells nothing above white.</summary>
    public static void Over(FaceCanvas face, float stops)
    {
        float gain = MathF.Pow(2, stops / Gamma);
        face.Relight((_, colour) => colour * gain);
    }

    /// <summary>
    /// As a camera's infra-red lamp near the face does: grey, skin far brighter than by day, brightest in the middle, blown out, with the sensor's noise.
    /// </summary>
    public static void InfraRed(FaceCanvas face, SeededNumbers numbers)
    {
        float gain = MathF.Pow(2, numbers.Between(1.5f, 4f) / Gamma), fall = numbers.Between(60, 140), noise = numbers.Between(1, 6);
        var texture = new Texture(numbers);
        face.Relight((at, colour) =>
        {
            float near = MathF.Exp(-Vector2.DistanceSquared(at, new Vector2(56, 65)) / (fall * fall));
            float grey = Vector3.Dot(colour, new Vector3(0.6f, 0.3f, 0.1f));
            return new Vector3((grey * (0.5f + ((gain - 0.5f) * near))) + (noise * texture.Noise(at.X * 2, at.Y * 2)));
        });
    }

    /// <summary>As a camera without colour gives it.</summary>
    public static void Grey(FaceCanvas face) => face.Relight((_, colour) => new Vector3(Vector3.Dot(colour, new Vector3(0.299f, 0.587f, 0.114f))));
}
