using System.Numerics.Tensors;

namespace FaceEdge.Tests;

public class MagnitudeTests
{
    [Fact]
    public void IsWhatTensorPrimitivesFind()
    {
        var random = new Random(3);
        for (int length = 1; length < 70; length++)
        {
            for (int round = 0; round < 20; round++)
            {
                float[] numbers = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-40, 30))))];
                Assert.Equal(MathF.Abs(TensorPrimitives.MaxMagnitude<float>(numbers)), Magnitude.Largest(numbers));
            }
        }
    }

    [Fact]
    public void OfNothingAndOfZerosItIsZero()
    {
        Assert.Equal(0, Magnitude.Largest([]));
        Assert.Equal(0, Magnitude.Largest([-0f, 0f, -0f]));
    }

    [Fact]
    public void AnInfinityOrANaNAnywhereIsNotFinite()
    {
        for (int length = 1; length < 20; length++)
        {
            for (int place = 0; place < length; place++)
            {
                foreach (float odd in new[] { float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    var numbers = new float[length];
                    Array.Fill(numbers, -float.MaxValue);
                    Assert.True(float.IsFinite(Magnitude.Largest(numbers)));
                    numbers[place] = odd;
                    Assert.False(float.IsFinite(Magnitude.Largest(numbers)));
                }
            }
        }
    }
}
