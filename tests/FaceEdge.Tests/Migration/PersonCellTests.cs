using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

public class PersonCellTests
{
    [Fact]
    public void WholeNumbersAreIdsHoweverTheyAreStored()
    {
        foreach (object written in (object[])[1110L, 1110.0, "1110", " 1110\n", BitConverter.GetBytes(1110L), BitConverter.GetBytes(1110)])
        {
            Assert.Equal(1110, PersonCell.Read(written));
        }

        Assert.Equal(PersonCell.Highest, PersonCell.Read(PersonCell.Highest));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-5L)]
    [InlineData(long.MaxValue)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    [InlineData("Bob")]
    [InlineData("")]
    [InlineData(null)]
    public void AnythingElseIsNone(object? written) => Assert.StartsWith("Person is ", Assert.Throws<CellException>(() => PersonCell.Read(written)).Message);
}
